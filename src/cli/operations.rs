//! `passrole operations`: every operation of AWS's models and how much of it is built.

use std::io::Write;

use serde_json::json;

use crate::services::coverage::{Built, Coverage, coverage};

/// The flags of `passrole operations`.
#[derive(Debug, clap::Args)]
pub(super) struct Flags {
    /// Only this service, such as `sagemaker`
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Print JSON
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print the table that the README holds
    #[arg(long)]
    markdown: bool,
}

pub(super) fn run(flags: &Flags) -> anyhow::Result<()> {
    let mut operations = coverage();
    if let Some(service) = &flags.service {
        operations.retain(|operation| operation.service == service);
        if operations.is_empty() {
            anyhow::bail!("`--service {service}`: no model of such a service is built in");
        }
    }
    let text = match (flags.json, flags.markdown) {
        (true, _) => json(&operations)?,
        (_, true) => markdown(&operations),
        _ => plain(&operations),
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

/// The counts of each service, and what is missing of the operations that are built in part, as Markdown tables.
pub(super) fn markdown(operations: &[Coverage]) -> String {
    let mut text =
        String::from("| service | operations | whole | partial | not built |\n| --- | --- | --- | --- | --- |\n");
    let mut services: Vec<&str> = operations.iter().map(|operation| operation.service).collect();
    services.dedup();
    for service in services {
        let [whole, partial, not] = counts(operations, service);
        text += &format!("| `{service}` | {} | {whole} | {partial} | {not} |\n", whole + partial + not);
    }
    text += "\n| built in part | missing |\n| --- | --- |\n";
    for operation in operations {
        if let Built::Partial(missing) = operation.state {
            text += &format!("| `{}:{}` | {missing} |\n", operation.service, operation.operation);
        }
    }
    text
}

fn counts(operations: &[Coverage], service: &str) -> [usize; 3] {
    let of = |wanted: fn(Built) -> bool| {
        let matching = operations.iter().filter(|operation| operation.service == service && wanted(operation.state));
        matching.count()
    };
    [of(|state| state == Built::Whole), of(|state| matches!(state, Built::Partial(_))), of(|state| state == Built::Not)]
}

fn plain(operations: &[Coverage]) -> String {
    let mut text = String::new();
    for operation in operations {
        let state = match operation.state {
            Built::Whole => "whole".to_owned(),
            Built::Partial(missing) => format!("partial: {missing}"),
            Built::Not => "not built".to_owned(),
        };
        text += &format!("{}:{}  {state}\n", operation.service, operation.operation);
    }
    text
}

fn json(operations: &[Coverage]) -> anyhow::Result<String> {
    let entry = |operation: &Coverage| {
        let (state, missing) = match operation.state {
            Built::Whole => ("whole", None),
            Built::Partial(missing) => ("partial", Some(missing)),
            Built::Not => ("notBuilt", None),
        };
        let mut entry = json!({ "service": operation.service, "operation": operation.operation, "state": state });
        if let (Some(missing), Some(members)) = (missing, entry.as_object_mut()) {
            members.insert("missing".to_owned(), missing.into());
        }
        entry
    };
    let operations: Vec<_> = operations.iter().map(entry).collect();
    Ok(serde_json::to_string_pretty(&json!({ "operations": operations }))? + "\n")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const BEGIN: &str = "<!-- operations: written by the test of `src/cli/operations.rs` -->\n";
    const END: &str = "<!-- end of operations -->";

    /// Writes the table anew where it is out of date, and fails then, so that the change is seen.
    #[test]
    fn the_readme_tells_the_truth() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
        let readme = fs::read_to_string(path).unwrap();
        let (before, rest) = readme.split_once(BEGIN).unwrap();
        let (held, after) = rest.split_once(END).unwrap();
        let table = format!("\n{}\n", markdown(&coverage()));
        if held != table {
            fs::write(path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
            panic!("the README's table of operations was out of date and has been written anew");
        }
    }

    #[test]
    fn every_operation_of_sagemaker_is_counted_once() {
        let operations = coverage();
        assert_eq!(counts(&operations, "sagemaker").iter().sum::<usize>(), 425);
        let text = json(&operations).unwrap();
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["operations"].as_array().unwrap().len(), operations.len());
        assert_eq!(plain(&operations).lines().count(), operations.len());
    }
}
