//! Documents as XML, by shape, in the order of the model. Knows elements, not envelopes.

use std::borrow::Cow;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

use super::time;
use crate::document::Document;
use crate::model::{Member, Service, ShapeId, ShapeKind, Structure};

/// How a protocol names the elements of lists.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// The element around each element of a list.
    pub(super) element: &'static str,
}

/// A writer of elements.
pub(super) struct Xml {
    writer: Writer<Vec<u8>>,
}

impl Xml {
    /// Elements on lines of their own, indented by two spaces.
    pub(super) fn pretty() -> Xml {
        Xml { writer: Writer::new_with_indent(Vec::new(), b' ', 2) }
    }

    /// Elements one after the other, after an XML declaration.
    pub(super) fn declared() -> Xml {
        let declaration = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_vec();
        Xml { writer: Writer::new(declaration) }
    }

    /// What has been written.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.writer.into_inner()
    }

    /// An element with others inside.
    pub(super) fn element(
        &mut self,
        name: &str,
        namespace: Option<&str>,
        inside: impl FnOnce(&mut Xml) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut start = BytesStart::new(name);
        start.extend_attributes(namespace.map(|namespace| ("xmlns", namespace)));
        self.writer.write_event(Event::Start(start))?;
        inside(self)?;
        self.writer.write_event(Event::End(BytesEnd::new(name)))
    }

    /// An element with text inside.
    pub(super) fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.writer.write_event(Event::Start(BytesStart::new(name)))?;
        self.writer.write_event(Event::Text(BytesText::from_escaped(escaped(text))))?;
        self.writer.write_event(Event::End(BytesEnd::new(name)))
    }

    /// An element with nothing inside.
    pub(super) fn empty(&mut self, name: &str) -> io::Result<()> {
        self.writer.write_event(Event::Empty(BytesStart::new(name)))
    }

    /// The members of a structure that a document holds.
    pub(super) fn members(
        &mut self,
        service: &Service,
        structure: &Structure,
        document: &Document,
        style: Style,
    ) -> io::Result<()> {
        for member in &structure.members {
            if let Some(value) = document.get(member.name).filter(|value| !value.is_null()) {
                self.value(service, member.shape, name(member), value, style)?;
            }
        }
        Ok(())
    }

    fn value(
        &mut self,
        service: &Service,
        shape: ShapeId,
        name: &str,
        value: &Document,
        style: Style,
    ) -> io::Result<()> {
        match (&service.shape(shape).kind, value) {
            (ShapeKind::Structure(_), Document::Object(members)) if members.is_empty() => self.empty(name),
            (ShapeKind::Structure(structure), Document::Object(_)) => {
                self.element(name, None, |xml| xml.members(service, structure, value, style))
            }
            (ShapeKind::List(list), Document::Array(elements)) => {
                let each = |xml: &mut Xml, name: &str| {
                    let present = elements.iter().filter(|element| !element.is_null());
                    present.into_iter().try_for_each(|element| xml.value(service, list.member, name, element, style))
                };
                match list.flattened {
                    true => each(self, list.location_name.unwrap_or(name)),
                    false if elements.is_empty() => self.empty(name),
                    false => self.element(name, None, |xml| each(xml, list.location_name.unwrap_or(style.element))),
                }
            }
            (ShapeKind::Map(map), Document::Object(entries)) => {
                let each = |xml: &mut Xml, name: &str| {
                    entries.iter().try_for_each(|(key, value)| {
                        xml.element(name, None, |xml| {
                            xml.text("key", key)?;
                            xml.value(service, map.value, "value", value, style)
                        })
                    })
                };
                match map.flattened {
                    true => each(self, name),
                    false if entries.is_empty() => self.empty(name),
                    false => self.element(name, None, |xml| each(xml, "entry")),
                }
            }
            (ShapeKind::Timestamp, seconds) => self.text(name, &time::iso8601(seconds).unwrap_or_default()),
            (_, Document::String(text)) => self.text(name, text),
            (_, other) => self.text(name, &other.to_string()),
        }
    }
}

fn name(member: &Member) -> &str {
    member.location_name.unwrap_or(member.name)
}

/// What XML cannot carry at all is replaced.
fn escaped(text: &str) -> Cow<'_, str> {
    let escaped = quick_xml::escape::escape(text);
    let illegal = |point: char| {
        point.is_control() && !matches!(point, '\n' | '\r' | '\t') || matches!(point, '\u{fffe}' | '\u{ffff}')
    };
    if escaped.contains(illegal) { Cow::Owned(escaped.replace(illegal, "\u{fffd}")) } else { escaped }
}
