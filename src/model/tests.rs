use super::*;

#[test]
fn every_model_loads_and_resolves() {
    for name in SERVICES {
        let service = service(name).unwrap();
        assert_eq!(service.name, *name);
        assert!(service.operations().len() > 0);
        let sorted: Vec<_> = service.shapes().map(|shape| shape.name).collect();
        assert!(sorted.is_sorted());
        for shape in service.shapes() {
            assert!(std::ptr::eq(service.shape(service.shape_named(shape.name).unwrap()), shape));
        }
    }
    assert!(service("nothing").is_none());
}

#[test]
fn sagemaker_is_the_whole_of_it() {
    let service = service("sagemaker").unwrap();
    assert_eq!(service.operations().len(), 425);
    assert_eq!(service.target_prefix, Some("SageMaker"));
    assert_eq!(service.protocol, Protocol::AwsJson11);
    let create = service.operation("CreateTrainingJob").unwrap();
    assert_eq!(create.errors.as_ref(), ["ResourceInUse", "ResourceLimitExceeded", "ResourceNotFound"]);
    let error = service.error("ResourceInUse").unwrap();
    assert_eq!((error.http_status, error.message_member), (None, Some("Message")));
    assert!(service.operation("CreateTrainingJobs").is_none());
}

#[test]
fn query_errors_have_their_wire_codes_and_statuses() {
    let iam = service("iam").unwrap();
    assert_eq!(iam.error("NoSuchEntity").unwrap().http_status, Some(404));
    assert!(iam.error("NoSuchEntityException").is_none());
    assert!(iam.operation("GetRole").unwrap().errors.contains(&"NoSuchEntity"));
    assert_eq!(iam.operation("GetRole").unwrap().result_wrapper, Some("GetRoleResult"));
}
