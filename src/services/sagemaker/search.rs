//! `Search`: resources of one kind by their properties. Facts: I.4.
//!
//! What a filter means stands in `expression`. Search is authorized as a whole: whoever may search sees every resource
//! of the kind, Describe permissions or not.

mod expression;

use serde_json::{Value, json};

use super::kind::Kind;
use super::operation::Named;
use super::record::Record;
use super::{engine, kinds};
use crate::access::Question;
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::{Call, Reply};
use crate::tag;

/// The operation.
pub(super) static SEARCH: Named = Named { operation: "Search", changes: false, questions: question, serve };

/// The values of `Resource` that are built: the resource type, and the member of a result that holds the resource.
const RESOURCES: [(&str, &str, &str); 11] = [
    ("TrainingJob", "training-job", "TrainingJob"),
    ("HyperParameterTuningJob", "hyper-parameter-tuning-job", "HyperParameterTuningJob"),
    ("Experiment", "experiment", "Experiment"),
    ("ExperimentTrial", "experiment-trial", "Trial"),
    ("ExperimentTrialComponent", "experiment-trial-component", "TrialComponent"),
    ("Endpoint", "endpoint", "Endpoint"),
    ("ModelPackage", "model-package", "ModelPackage"),
    ("ModelPackageGroup", "model-package-group", "ModelPackageGroup"),
    ("Pipeline", "pipeline", "Pipeline"),
    ("PipelineExecution", "pipeline-execution", "PipelineExecution"),
    ("FeatureGroup", "feature-group", "FeatureGroup"),
];

/// The size of a page where the request names none.
const PAGE: usize = 10;

fn question(call: &Call<'_>) -> Result<Vec<Question>, Fault> {
    let mut question = Question::anywhere("sagemaker:Search");
    for condition in document::select(call.input, "VisibilityConditions[]") {
        let (key, value) = (document::text(condition.value, "Key"), document::text(condition.value, "Value"));
        if let (Some(key), Some(value)) = (key, value) {
            question.keys.push(format!("sagemaker:SearchVisibilityCondition/{key}"), value);
        }
    }
    Ok(vec![question])
}

fn serve(call: &Call<'_>) -> Result<Reply, Fault> {
    let resource = document::text(call.input, "Resource").unwrap_or_default();
    let found = RESOURCES.iter().find(|(name, ..)| *name == resource);
    let kind = found.and_then(|(_, resource_type, _)| kinds::of_resource_type(resource_type));
    let (Some((.., member)), Some(kind)) = (found, kind) else {
        let text = format!("passrole does not build sagemaker:Search of {resource}; nothing was done.");
        return Err(Fault::new("NotImplemented", text));
    };
    expression::check(call.input, member)?;
    let mut hits = Vec::new();
    // Nothing is shared with other accounts here.
    if document::text(call.input, "CrossAccountFilterOption") != Some("CrossAccount") {
        for record in engine::all(call, kind)? {
            let shown = searched(call, kind, record);
            if is_visible(call.input, &shown) && expression::holds(call.input.get("SearchExpression"), &shown) {
                hits.push(shown);
            }
        }
    }
    sort(call.input, &mut hits);
    page(call.input, hits, member)
}

/// What a search sees of a resource: its description and its tags.
fn searched(call: &Call<'_>, kind: &Kind, record: Record) -> Document {
    let tags = tag::to_list(&record.tags);
    let mut members = engine::description(kind, record, call.now());
    members.insert("Tags".to_owned(), tags);
    members.into()
}

/// A resource that has the tag with another value is left out; one that lacks the tag stays.
fn is_visible(input: &Document, shown: &Document) -> bool {
    document::select(input, "VisibilityConditions[]").iter().all(|condition| {
        let wanted = document::text(condition.value, "Value");
        let values = expression::values(shown, document::text(condition.value, "Key").unwrap_or_default());
        values.is_empty() || values.iter().any(|value| value.as_str() == wanted)
    })
}

fn sort(input: &Document, hits: &mut [Document]) {
    let by = document::text(input, "SortBy").unwrap_or("LastModifiedTime");
    let ascending = document::text(input, "SortOrder") == Some("Ascending");
    hits.sort_by(|left, right| {
        let first = |hit: &Document| expression::values(hit, by).into_iter().next().unwrap_or_default();
        let order = expression::compare(&first(left), &first(right));
        if ascending { order } else { order.reverse() }
    });
}

fn page(input: &Document, hits: Vec<Document>, member: &str) -> Result<Reply, Fault> {
    let size = document::get(input, "MaxResults").and_then(Value::as_u64);
    let size = size.and_then(|size| usize::try_from(size).ok()).unwrap_or(PAGE);
    let begins = match document::text(input, "NextToken") {
        None => 0,
        Some(token) => token.parse::<usize>().map_err(|_| {
            Fault::validation("Invalid pagination token because \"it was not issued by this operation\".")
        })?,
    };
    let total = hits.len();
    let results = hits.into_iter().skip(begins).take(size).map(|hit| json!({ member: hit }));
    let mut answer = Members::from_iter([
        ("Results".to_owned(), results.collect::<Vec<_>>().into()),
        ("TotalHits".to_owned(), json!({ "Value": total, "Relation": "EqualTo" })),
    ]);
    if begins.saturating_add(size) < total {
        answer.insert("NextToken".to_owned(), (begins + size).to_string().into());
    }
    Ok(Reply::read(answer.into()))
}
