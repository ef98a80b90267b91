//! Pages of resources: filters, sorts and tokens, for any kind. Facts: I.2 and I.3.
//!
//! A token holds the place where the page ended and a digest of the filters that it belongs to, so that a list goes on
//! where it stopped whatever was added or deleted meanwhile.

use std::hash::{DefaultHasher, Hash, Hasher};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::engine;
use super::kind::Kind;
use super::record::Record;
use super::records::{self, Shelf};
use super::seconds;
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::model::{self, Member, ShapeId, ShapeKind};
use crate::services::{Call, Reply};
use crate::state::store::{Direction, Start};

/// How a kind is listed.
pub struct Listing {
    /// The member that holds the summaries, such as `TrainingJobSummaries`.
    pub summaries: &'static str,
    /// The sort where the request names none.
    pub sort: Sort,
    /// The order where the request names none.
    pub order: Order,
    /// The members of a summary besides name, ARN, status, times and what the create call said.
    pub summary: fn(record: &Record, now: Timestamp) -> Members,
    /// Filters of the kind's own.
    pub filter: fn(record: &Record, input: &Document, now: Timestamp) -> bool,
}

impl Listing {
    /// By time of creation, the newest first; summaries hold what the record holds.
    pub const DEFAULT: Listing = Listing {
        summaries: "",
        sort: Sort::CreationTime,
        order: Order::Descending,
        summary: |_, _| Members::new(),
        filter: |_, _, _| true,
    };
}

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sort {
    /// The name.
    Name,
    /// The time of creation.
    CreationTime,
    /// The status, then the time of creation.
    Status,
    /// The time of the last change, then the time of creation.
    LastModifiedTime,
}

/// The direction of a sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// Smallest or oldest first.
    Ascending,
    /// Largest or newest first.
    Descending,
}

/// The size of a page where the request names none and the documentation is silent.
const PAGE: usize = 10;

/// Answers a page.
pub fn list(call: &Call<'_>, kind: &'static Kind) -> Result<Reply, Fault> {
    let listing = &kind.listing;
    let view = View::of(call, kind);
    let size = document::get(call.input, "MaxResults").and_then(Document::as_u64);
    let size = size.and_then(|size| usize::try_from(size).ok()).unwrap_or(PAGE);
    let mut page = page(call, kind, &view, token(call, view.digest)?.as_ref(), size + 1)?;
    let mut answer = Members::new();
    if page.len() > size {
        page.truncate(size);
        if let Some((place, _)) = page.last() {
            answer.insert("NextToken".to_owned(), Token::write(view.digest, place).into());
        }
    }
    let summaries: Vec<Document> = page.into_iter().map(|(_, summary)| summary.into()).collect();
    answer.insert(listing.summaries.to_owned(), summaries.into());
    Ok(Reply::read(answer.into()))
}

/// Answers a page of what is at hand, each with the place by which its sort orders it.
pub fn sorted_page<T>(
    call: &Call<'_>,
    summaries: &str,
    order: Order,
    mut found: Vec<(Place, T)>,
    summary: impl Fn(T) -> Members,
) -> Result<Reply, Fault> {
    let digest = digest(call, call.operation.name, &order);
    let after = token(call, digest)?;
    let size = document::get(call.input, "MaxResults").and_then(Document::as_u64);
    let size = size.and_then(|size| usize::try_from(size).ok()).unwrap_or(PAGE);
    found.sort_by(|(a, _), (b, _)| if order == Order::Ascending { a.cmp(b) } else { b.cmp(a) });
    let beyond = |place: &Place| match (&after, order) {
        (None, _) => true,
        (Some(after), Order::Ascending) => place > after,
        (Some(after), Order::Descending) => place < after,
    };
    let mut left = found.into_iter().filter(|(place, _)| beyond(place));
    let page: Vec<(Place, T)> = left.by_ref().take(size).collect();
    let mut answer = Members::new();
    if let (Some((place, _)), true) = (page.last(), left.next().is_some()) {
        answer.insert("NextToken".to_owned(), Token::write(digest, place).into());
    }
    let page: Vec<Document> = page.into_iter().map(|(_, item)| summary(item).into()).collect();
    answer.insert(summaries.to_owned(), page.into());
    Ok(Reply::read(answer.into()))
}

/// What a token must have in common with the call that it was issued for.
fn digest(call: &Call<'_>, noun: &str, view: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    (noun, call.account, call.region()).hash(&mut hasher);
    view.hash(&mut hasher);
    for (member, value) in call.input.as_object().into_iter().flatten() {
        if member != "NextToken" && member != "MaxResults" {
            (member, value.to_string()).hash(&mut hasher);
        }
    }
    hasher.finish()
}

/// How a call wants the list to look.
struct View {
    sort: Sort,
    order: Order,
    digest: u64,
}

impl View {
    fn of(call: &Call<'_>, kind: &Kind) -> View {
        let sort = match document::text(call.input, "SortBy") {
            Some("Name" | "NAME") => Sort::Name,
            Some("CreationTime" | "CREATION_TIME" | "CreateDate") => Sort::CreationTime,
            Some("LastModifiedTime" | "LAST_MODIFIED_TIME") => Sort::LastModifiedTime,
            Some(other) if other.ends_with("Status") => Sort::Status,
            _ => kind.listing.sort,
        };
        let order = match document::text(call.input, "SortOrder") {
            Some("Ascending" | "ASCENDING") => Order::Ascending,
            Some("Descending" | "DESCENDING") => Order::Descending,
            _ => kind.listing.order,
        };
        View { sort, order, digest: digest(call, kind.noun, &(sort, order)) }
    }
}

/// A place in a list: the key by which its sort orders it.
pub type Place = Vec<u8>;

fn page(
    call: &Call<'_>,
    kind: &Kind,
    view: &View,
    after: Option<&Place>,
    size: usize,
) -> Result<Vec<(Place, Members)>, Fault> {
    match view.sort {
        Sort::Name | Sort::CreationTime => walk(call, kind, view, after, size),
        Sort::Status | Sort::LastModifiedTime => by_standing(call, kind, view, after, size),
    }
}

/// Walks an order that the store keeps, and no further than the page needs.
fn walk(
    call: &Call<'_>,
    kind: &Kind,
    view: &View,
    after: Option<&Place>,
    size: usize,
) -> Result<Vec<(Place, Members)>, Fault> {
    let shelf = Shelf::of(call, kind);
    let store = call.state.store();
    let prefix = if view.sort == Sort::Name { shelf.record_prefix() } else { shelf.created_prefix() };
    let after = after.map(|place| [prefix.as_slice(), place].concat());
    let start = after.as_deref().map_or(Start::End, Start::After);
    let entries = match view.order {
        Order::Ascending => store.scan(&prefix, start, Direction::Forward),
        Order::Descending => store.scan(&prefix, start, Direction::Reverse),
    };
    let mut page = Vec::new();
    for entry in entries {
        let (key, value) = entry.map_err(records::internal)?;
        let record = if view.sort == Sort::Name {
            Some(records::read(&value)?)
        } else {
            let name = key.get(prefix.len() + 8..).unwrap_or_default();
            shelf.find(store, &String::from_utf8_lossy(name))?
        };
        if let Some(summary) = record.and_then(|record| summary(call, kind, &record)) {
            page.push((key.get(prefix.len()..).unwrap_or_default().to_vec(), summary));
        }
        if page.len() == size {
            break;
        }
    }
    Ok(page)
}

/// Statuses and their changes follow from the time of asking, so the store keeps no order of them.
fn by_standing(
    call: &Call<'_>,
    kind: &Kind,
    view: &View,
    after: Option<&Place>,
    size: usize,
) -> Result<Vec<(Place, Members)>, Fault> {
    let shelf = Shelf::of(call, kind);
    let mut found = Vec::new();
    for entry in call.state.store().scan(&shelf.record_prefix(), Start::End, Direction::Forward) {
        let (_, value) = entry.map_err(records::internal)?;
        let record = records::read(&value)?;
        if let Some(summary) = summary(call, kind, &record) {
            found.push((place(kind, view.sort, &record, &summary), summary));
        }
    }
    found.sort_by(|(a, _), (b, _)| if view.order == Order::Ascending { a.cmp(b) } else { b.cmp(a) });
    let beyond = |place: &Place| match (after, view.order) {
        (None, _) => true,
        (Some(after), Order::Ascending) => place > after,
        (Some(after), Order::Descending) => place < after,
    };
    Ok(found.into_iter().filter(|(place, _)| beyond(place)).take(size).collect())
}

fn place(kind: &Kind, sort: Sort, record: &Record, summary: &Members) -> Place {
    let mut place = match sort {
        Sort::LastModifiedTime => {
            let modified = summary.get("LastModifiedTime").and_then(Document::as_f64).unwrap_or_default();
            // Times are positive, and the bits of positive numbers sort as the numbers do.
            modified.max(0.0).to_bits().to_be_bytes().to_vec()
        }
        _ => summary.get(kind.status_member).and_then(Document::as_str).unwrap_or_default().as_bytes().to_vec(),
    };
    place.push(0);
    place.extend_from_slice(&records::sortable(record.created_at));
    place.extend_from_slice(record.name.as_bytes());
    place
}

/// The summary of a record, unless its life is over or a filter leaves it out.
fn summary(call: &Call<'_>, kind: &Kind, record: &Record) -> Option<Members> {
    let now = call.now();
    (kind.timeline)(record).at(now)?;
    if !name_and_time_pass(call.input, record) || !(kind.listing.filter)(record, call.input, now) {
        return None;
    }
    let standing = engine::standing(kind, record, now);
    let modified = standing.get("LastModifiedTime").and_then(Document::as_f64);
    let status = standing.get(kind.status_member).and_then(Document::as_str);
    if !["LastModifiedTime", "ModifiedTime"].iter().all(|member| between(call.input, member, modified))
        || document::text(call.input, "StatusEquals").is_some_and(|wanted| status != Some(wanted))
    {
        return None;
    }
    let mut members = (kind.listing.summary)(record, now);
    engine::add(&mut members, standing);
    for member in summary_members(call, kind) {
        if let Some(value) = record.members.get(member.name) {
            members.entry(member.name).or_insert_with(|| value.clone());
        }
    }
    Some(members)
}

/// The members that the model has for a summary of the kind.
fn summary_members(call: &Call<'_>, kind: &Kind) -> &'static [Member] {
    let Some(model) = model::service("sagemaker") else { return &[] };
    let structure = |shape: ShapeId| match &model.shape(shape).kind {
        ShapeKind::Structure(structure) => Some(structure),
        _ => None,
    };
    let summaries = call.operation.output.and_then(structure).and_then(|output| output.member(kind.listing.summaries));
    let element = summaries.and_then(|member| match &model.shape(member.shape).kind {
        ShapeKind::List(list) => structure(list.member),
        _ => None,
    });
    element.map_or(&[], |element| &element.members)
}

fn name_and_time_pass(input: &Document, record: &Record) -> bool {
    let created = seconds(record.created_at).as_f64();
    document::text(input, "NameContains").is_none_or(|part| record.short_name().contains(part))
        && ["CreationTime", "Created"].iter().all(|member| between(input, member, created))
}

/// Whether an instant lies after `<member>After` and before `<member>Before`, where the request has them.
fn between(input: &Document, member: &str, instant: Option<f64>) -> bool {
    let bound = |suffix: &str| input.get(format!("{member}{suffix}")).and_then(Document::as_f64);
    bound("After").is_none_or(|after| instant.is_some_and(|instant| instant > after))
        && bound("Before").is_none_or(|before| instant.is_some_and(|instant| instant < before))
}

#[derive(Serialize, Deserialize)]
struct Token {
    digest: u64,
    place: String,
}

impl Token {
    fn write(digest: u64, place: &[u8]) -> String {
        let token = Token { digest, place: BASE64_URL_SAFE_NO_PAD.encode(place) };
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&token).unwrap_or_default())
    }

    fn read(text: &str) -> Option<(u64, Place)> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let token: Token = serde_json::from_slice(&bytes).ok()?;
        Some((token.digest, BASE64_URL_SAFE_NO_PAD.decode(token.place).ok()?))
    }
}

fn token(call: &Call<'_>, wanted: u64) -> Result<Option<Place>, Fault> {
    let Some(text) = document::text(call.input, "NextToken") else { return Ok(None) };
    match Token::read(text) {
        Some((digest, place)) if digest == wanted => Ok(Some(place)),
        Some(_) => Err(invalid_token("it was issued for other filters")),
        None => Err(invalid_token("it was not issued by this operation")),
    }
}

fn invalid_token(reason: &str) -> Fault {
    Fault::validation(format!("Invalid pagination token because \"{reason}\"."))
}
