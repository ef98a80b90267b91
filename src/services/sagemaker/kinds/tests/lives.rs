//! Lives step by step: what is done to a resource, how long one waits, and what it is like then.

use serde_json::{Value, json};

use crate::document;
use crate::services::sagemaker::testing::Bench;
use crate::settings::Pace;

const ROLE: &str = "arn:aws:iam::000000000000:role/Role";
const IMAGE: &str = "000000000000.dkr.ecr.us-east-1.amazonaws.com/repository:latest";
const PLACE: &str = "arn:aws:sagemaker:us-east-1:000000000000";

fn deployed(bench: &mut Bench, config: &str, weight: f64) {
    let container = json!({ "Image": IMAGE });
    let model = json!({ "ModelName": "m", "ExecutionRoleArn": ROLE, "PrimaryContainer": container });
    let _there_already = bench.call("CreateModel", model);
    let variant = json!({
        "VariantName": "v",
        "ModelName": "m",
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 2,
        "InitialVariantWeight": weight,
    });
    bench.accept("CreateEndpointConfig", json!({ "EndpointConfigName": config, "ProductionVariants": [variant] }));
}

fn endpoint(bench: &mut Bench) -> Value {
    bench.accept("DescribeEndpoint", json!({ "EndpointName": "e" }))
}

#[test]
fn an_endpoint_is_created_updated_and_deleted() {
    let mut bench = Bench::new(Pace::Manual);
    deployed(&mut bench, "one", 1.0);
    deployed(&mut bench, "two", 3.0);
    bench.accept("CreateEndpoint", json!({ "EndpointName": "e", "EndpointConfigName": "one" }));
    let busy =
        ("ValidationException".to_owned(), format!("Cannot update in-progress endpoint \"{PLACE}:endpoint/e\"."));
    let update = json!({ "EndpointName": "e", "EndpointConfigName": "two" });
    assert_eq!(endpoint(&mut bench)["EndpointStatus"], "Creating");
    for (operation, input) in [("UpdateEndpoint", update.clone()), ("DeleteEndpoint", json!({ "EndpointName": "e" }))] {
        assert_eq!(bench.refuse(operation, input), busy);
    }
    bench.pass(600);
    let shown = endpoint(&mut bench);
    assert_eq!((&shown["EndpointStatus"], &shown["EndpointConfigName"]), (&json!("InService"), &json!("one")));
    assert_eq!(shown["ProductionVariants"][0]["CurrentWeight"], 1.0);
    assert_eq!(shown["ProductionVariants"][0]["DeployedImages"][0]["SpecifiedImage"], IMAGE);

    bench.accept("UpdateEndpoint", update);
    let shown = endpoint(&mut bench);
    assert_eq!((&shown["EndpointStatus"], &shown["EndpointConfigName"]), (&json!("Updating"), &json!("one")));
    assert_eq!(shown["PendingDeploymentSummary"]["EndpointConfigName"], "two");
    bench.pass(600);
    let shown = endpoint(&mut bench);
    assert_eq!((&shown["EndpointStatus"], &shown["EndpointConfigName"]), (&json!("InService"), &json!("two")));
    assert_eq!(shown["ProductionVariants"][0]["CurrentWeight"], 3.0);

    let change = json!([{ "VariantName": "v", "DesiredWeight": 0.5, "DesiredInstanceCount": 4 }]);
    let change = json!({ "EndpointName": "e", "DesiredWeightsAndCapacities": change });
    bench.accept("UpdateEndpointWeightsAndCapacities", change);
    let variant = endpoint(&mut bench)["ProductionVariants"][0].clone();
    assert_eq!((&variant["CurrentInstanceCount"], &variant["DesiredInstanceCount"]), (&json!(2), &json!(4)));
    bench.pass(600);
    let variant = endpoint(&mut bench)["ProductionVariants"][0].clone();
    assert_eq!((&variant["CurrentInstanceCount"], &variant["CurrentWeight"]), (&json!(4), &json!(0.5)));

    bench.accept("DeleteEndpoint", json!({ "EndpointName": "e" }));
    assert_eq!(endpoint(&mut bench)["EndpointStatus"], "Deleting");
    bench.pass(600);
    let gone = bench.refuse("DescribeEndpoint", json!({ "EndpointName": "e" }));
    assert_eq!(gone.1, format!("Could not find endpoint \"{PLACE}:endpoint/e\"."));
}

#[test]
fn an_update_may_retain_weights_and_counts() {
    let mut bench = Bench::new(Pace::Instant);
    deployed(&mut bench, "one", 1.0);
    deployed(&mut bench, "two", 3.0);
    bench.accept("CreateEndpoint", json!({ "EndpointName": "e", "EndpointConfigName": "one" }));
    let excluded = json!([{ "VariantPropertyType": "DesiredWeight" }]);
    for (retain, excluded, weight) in [(true, json!([]), 1.0), (true, excluded, 3.0), (false, json!([]), 3.0)] {
        bench.accept("UpdateEndpoint", json!({ "EndpointName": "e", "EndpointConfigName": "one" }));
        bench.accept(
            "UpdateEndpoint",
            json!({
                "EndpointName": "e",
                "EndpointConfigName": "two",
                "RetainAllVariantProperties": retain,
                "ExcludeRetainedVariantProperties": excluded,
            }),
        );
        assert_eq!(endpoint(&mut bench)["ProductionVariants"][0]["CurrentWeight"], weight);
    }
}

#[test]
fn a_notebook_instance_is_stopped_updated_started_and_deleted() {
    let mut bench = Bench::new(Pace::Manual);
    let name = json!({ "NotebookInstanceName": "n" });
    let create = json!({ "NotebookInstanceName": "n", "InstanceType": "ml.t3.medium", "RoleArn": ROLE });
    bench.accept("CreateNotebookInstance", create);
    let arn = format!("{PLACE}:notebook-instance/n");
    let steps = [
        ("StopNotebookInstance", "Pending", "[InService]", "Stopping", "."),
        ("DeleteNotebookInstance", "Pending", "[Stopped, Failed]", "Deleting", ""),
        ("StartNotebookInstance", "Pending", "[Stopped, Failed]", "Pending", "."),
        ("UpdateNotebookInstance", "Pending", "[Stopped, Failed]", "Updating", "."),
    ];
    for (operation, status, wanted, target, end) in steps {
        let text = format!(
            "Status ({status}) not in ({wanted}). Unable to transition to ({target}) for Notebook Instance ({arn}){end}"
        );
        assert_eq!(bench.refuse(operation, name.clone()), ("ValidationException".to_owned(), text));
    }
    let steps = [
        ("StopNotebookInstance", "Stopping", "Stopped"),
        ("UpdateNotebookInstance", "Updating", "Stopped"),
        ("StartNotebookInstance", "Pending", "InService"),
        ("StopNotebookInstance", "Stopping", "Stopped"),
    ];
    for (operation, passing, settled) in steps {
        bench.pass(600);
        bench.accept(operation, name.clone());
        for (wait, status) in [(0, passing), (600, settled)] {
            bench.pass(wait);
            let shown = bench.accept("DescribeNotebookInstance", name.clone());
            assert_eq!(document::text(&shown, "NotebookInstanceStatus"), Some(status), "{operation}");
        }
    }
    bench.refuse("CreatePresignedNotebookInstanceUrl", name.clone());
    bench.accept("DeleteNotebookInstance", name.clone());
    bench.pass(600);
    assert_eq!(bench.refuse("DescribeNotebookInstance", name).1, "RecordNotFound");
}

#[test]
fn a_lifecycle_configuration_in_use_stays() {
    let mut bench = Bench::new(Pace::Instant);
    let config = json!({ "NotebookInstanceLifecycleConfigName": "l" });
    bench.accept("CreateNotebookInstanceLifecycleConfig", config.clone());
    let create = json!({
        "NotebookInstanceName": "n",
        "InstanceType": "ml.t3.medium",
        "RoleArn": ROLE,
        "LifecycleConfigName": "l",
    });
    bench.accept("CreateNotebookInstance", create);
    bench.refuse("DeleteNotebookInstanceLifecycleConfig", config.clone());
    bench.accept("StopNotebookInstance", json!({ "NotebookInstanceName": "n" }));
    let update = json!({ "NotebookInstanceName": "n", "DisassociateLifecycleConfig": true });
    bench.accept("UpdateNotebookInstance", update);
    bench.accept("DeleteNotebookInstanceLifecycleConfig", config.clone());
    let text = bench.refuse("DeleteNotebookInstanceLifecycleConfig", config).1;
    assert!(text.starts_with("Unable to delete") && text.ends_with("does not exist.)"), "{text}");
}

#[test]
fn jobs_stop_while_they_run_and_not_afterwards() {
    let mut bench = Bench::new(Pace::Manual);
    let resources = json!({ "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1 });
    let create = json!({
        "ProcessingJobName": "p",
        "RoleArn": ROLE,
        "AppSpecification": { "ImageUri": IMAGE },
        "ProcessingResources": { "ClusterConfig": resources },
        "StoppingCondition": { "MaxRuntimeInSeconds": 100 },
    });
    let name = json!({ "ProcessingJobName": "p" });
    bench.accept("CreateProcessingJob", create.clone());
    assert_eq!(bench.refuse("DeleteProcessingJob", name.clone()).0, "ResourceInUse");
    bench.accept("StopProcessingJob", name.clone());
    for (wait, status) in [(0, "Stopping"), (60, "Stopped")] {
        bench.pass(wait);
        assert_eq!(bench.accept("DescribeProcessingJob", name.clone())["ProcessingJobStatus"], status);
    }
    let text = bench.refuse("StopProcessingJob", name.clone()).1;
    assert_eq!(text, "The request was rejected because the processing job is in status Stopped.");
    bench.accept("DeleteProcessingJob", name.clone());
    bench.accept("CreateProcessingJob", create);
    bench.pass(3600);
    let over = bench.accept("DescribeProcessingJob", name);
    assert_eq!(over["ProcessingJobStatus"], "Stopped", "its run time ran out");
}
