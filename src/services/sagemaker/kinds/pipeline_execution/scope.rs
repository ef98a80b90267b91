//! What the expressions of an execution's steps refer to: its parameters, itself, and what other steps have made.

use serde_json::json;

use super::pipeline_name;
use super::progress::Progress;
use crate::document::Document;
use crate::services::sagemaker::engine;
use crate::services::sagemaker::kinds::{
    self,
    pipeline::expression::{Part, Scope, follow},
};
use crate::services::sagemaker::record::Record;
use crate::services::sagemaker::unfolding::Unfolding;

/// An execution as its steps see it.
pub(super) struct Execution<'a, 'u> {
    pub(super) record: &'a Record,
    pub(super) progress: &'a Progress,
    pub(super) unfolding: &'a Unfolding<'u>,
}

impl Scope for Execution<'_, '_> {
    fn value(&self, root: &str, path: &[Part]) -> Option<Document> {
        match (root, path) {
            ("Parameters", [Part::Name(name)]) => self.record.get("parameters")?.get(name).cloned(),
            ("Execution", [Part::Name(property)]) => self.property(property),
            ("Steps", [Part::Name(step), path @ ..]) => self.step(step, path),
            _ => None,
        }
    }
}

impl Execution<'_, '_> {
    fn property(&self, property: &str) -> Option<Document> {
        Some(match property {
            "PipelineName" => json!(pipeline_name(self.record)),
            "PipelineArn" => self.record.get("PipelineArn")?.clone(),
            "PipelineExecutionId" => json!(self.record.short_name()),
            "PipelineExecutionArn" => json!(self.record.arn),
            "StartDateTime" => json!(self.record.created_at.to_string()),
            "CurrentDateTime" => json!(self.unfolding.now.to_string()),
            _ => return None,
        })
    }

    fn step(&self, name: &str, path: &[Part]) -> Option<Document> {
        let begun = self.progress.step(name)?;
        if let Some(outcome) = begun.outcome {
            let shown = json!({ "Outcome": if outcome { "True" } else { "False" } });
            return follow(&shown, path).cloned();
        }
        let (resource_type, child) = begun.made.as_ref()?;
        let kind = kinds::of_resource_type(resource_type)?;
        let record = self.unfolding.find(kind, child).ok().flatten()?;
        follow(&engine::description(kind, record, self.unfolding.now).into(), path).cloned()
    }
}
