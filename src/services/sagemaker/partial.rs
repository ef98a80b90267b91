//! What is missing of operations that are built in part, in words for whoever relies on them.

/// What a call of this operation does not do that AWS does; `None` where nothing is known to be missing.
pub fn missing(operation: &str) -> Option<&'static str> {
    MISSING.iter().find(|(name, _)| *name == operation).map(|(_, missing)| *missing)
}

const DEPLOYMENT: &str = "DeploymentConfig is kept and shown, but every update shifts all traffic at once";

const ROLLBACK: &str = "DeploymentConfig is kept and shown, but every update shifts all traffic at once; with \
                        `--preflight aws` no update fails afterwards";
const DEFINITION: &str = "PipelineDefinitionS3Location, since no content of objects is kept; versions";
const STEPS: &str = "steps other than Training, Processing, Transform, Tuning, Model, RegisterModel, EndpointConfig, \
                     Endpoint, Condition and Fail fail; caching, retry policies, selective execution and versions";
const SCHEDULE: &str = "the schedule is kept, but no monitoring job is ever started by it";
const VALIDATION: &str = "the jobs of validation profiles are not run, and nothing is checked of what they would need";

const MISSING: &[(&str, &str)] = &[
    ("CreateAlgorithm", VALIDATION),
    ("CreateEndpoint", DEPLOYMENT),
    (
        "CreateHyperParameterTuningJob",
        "an AlgorithmName is not looked up; RetryStrategy is kept and shown, but no training job is tried again",
    ),
    ("CreateLabelingJob", "nobody labels: the job stays InProgress until it is stopped"),
    ("CreateModel", "a ModelPackageName of another account, such as AWS Marketplace's, is refused"),
    ("CreateModelPackage", VALIDATION),
    ("CreateMonitoringSchedule", SCHEDULE),
    ("CreatePipeline", DEFINITION),
    ("CreateTrainingJob", "an AlgorithmName is not looked up, so nothing is checked of it"),
    ("DescribePipeline", "versions: PipelineVersionId and PipelineVersionAlias are refused"),
    ("PutModelPackageGroupPolicy", "the policy is kept and shown, but lets no other account in"),
    (
        "Search",
        "the resources Model, FeatureMetadata, Image, ImageVersion, Project, ModelCard, PipelineVersion, Job and HubContent",
    ),
    ("StartMonitoringSchedule", SCHEDULE),
    ("StartPipelineExecution", STEPS),
    ("UpdateEndpoint", ROLLBACK),
    ("UpdateMonitoringSchedule", SCHEDULE),
    ("UpdatePipeline", DEFINITION),
];

#[cfg(test)]
mod tests {
    use super::MISSING;
    use crate::services::sagemaker::operation;

    #[test]
    fn only_what_is_built_is_partial() {
        assert!(MISSING.is_sorted());
        for (name, missing) in MISSING {
            assert!(operation::find(name).is_some() && !missing.is_empty(), "{name}");
        }
    }
}
