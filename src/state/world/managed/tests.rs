use std::collections::BTreeSet;

use super::*;

#[test]
fn lines_are_in_order_and_each_is_found_and_can_be_used() {
    let mut last = "";
    let mut count = 0;
    for arn in arns() {
        assert!(last < arn, "{last} before {arn}");
        let line = line_of(arn).unwrap();
        let policy = parse(line).unwrap_or_else(|| {
            let line: Line<'_> = serde_json::from_slice(line).unwrap();
            panic!("{arn}: {:?}", Policy::parse(line.document.get(), PolicyType::Identity).err())
        });
        assert_eq!(format!("arn:aws:iam::aws:policy{}{}", policy.path, policy.name), arn);
        assert!(policy.default_version().is_some(), "{arn}");
        (last, count) = (arn, count + 1);
    }
    assert!(count > 1200, "{count}");
}

#[test]
fn the_well_known_ones_are_there() {
    let all: BTreeSet<&str> = arns().collect();
    for name in [
        "AdministratorAccess",
        "PowerUserAccess",
        "ReadOnlyAccess",
        "SecurityAudit",
        "IAMFullAccess",
        "IAMReadOnlyAccess",
        "AmazonSageMakerFullAccess",
        "AmazonSageMakerReadOnly",
        "AmazonSageMakerPipelinesIntegrations",
        "AmazonSageMakerCanvasFullAccess",
        "AmazonSageMakerFeatureStoreAccess",
        "AmazonS3FullAccess",
        "AmazonS3ReadOnlyAccess",
        "AmazonEC2ContainerRegistryFullAccess",
        "AmazonEC2ContainerRegistryPowerUser",
        "AmazonEC2ContainerRegistryReadOnly",
        "CloudWatchLogsFullAccess",
        "CloudWatchLogsReadOnlyAccess",
        "AWSKeyManagementServicePowerUser",
        "job-function/ViewOnlyAccess",
        "job-function/DataScientist",
        "service-role/AmazonSageMakerServiceCatalogProductsLambdaServiceRolePolicy",
    ] {
        assert!(all.contains(format!("{AWS_MANAGED}{name}").as_str()), "{name}");
    }
}

#[test]
fn what_aws_has_not() {
    for arn in [
        "",
        "arn:aws:iam::aws:policy/",
        "arn:aws:iam::aws:policy/Zzz",
        "arn:aws:iam::111122223333:policy/ReadOnlyAccess",
    ] {
        assert!(find(arn).is_none(), "{arn}");
    }
    let policy = find("arn:aws:iam::aws:policy/job-function/DataScientist").unwrap();
    assert_eq!((policy.path.as_str(), policy.name.as_str()), ("/job-function/", "DataScientist"));
}
