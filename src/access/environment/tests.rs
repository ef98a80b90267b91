use std::net::Ipv4Addr;

use super::*;

fn told(environment: &Environment) -> String {
    let told: Vec<String> = environment
        .keys()
        .iter()
        .map(|(key, values)| format!("{}={}", &key["aws:".len()..], values.join(",")))
        .collect();
    told.join(" ")
}

fn call() -> Environment {
    let mut call = Environment::new("2026-11-22T10:00:00.5Z".parse().unwrap(), "eu-west-1");
    call.source_ip = Some(Ipv4Addr::new(10, 0, 0, 1).to_ipv6_mapped().into());
    call.user_agent = Some("Boto3".to_owned());
    call.referer = Some("there".to_owned());
    call
}

#[test]
fn a_call_and_what_services_make_of_it() {
    let time = "CurrentTime=2026-11-22T10:00:00.5Z EpochTime=1795341600 RequestedRegion=eu-west-1 SecureTransport=true";
    let through = Environment {
        vpc_endpoint: Some(VpcEndpoint { id: Some("vpce-1".to_owned()), vpc: None, source_ip: None }),
        ..call()
    };
    for (environment, rest) in [
        (call(), "ViaAWSService=false SourceIp=10.0.0.1 UserAgent=Boto3 Referer=there"),
        (through, "ViaAWSService=false SourceVpce=vpce-1 UserAgent=Boto3 Referer=there"),
        (call().by_service(), "ViaAWSService=false"),
        (
            call().called_via("sagemaker.amazonaws.com"),
            "ViaAWSService=true CalledVia=sagemaker.amazonaws.com CalledViaFirst=sagemaker.amazonaws.com \
             CalledViaLast=sagemaker.amazonaws.com UserAgent=sagemaker.amazonaws.com",
        ),
    ] {
        assert_eq!(told(&environment), format!("{time} {rest}"));
    }
}
