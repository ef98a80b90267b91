use http::Request;

use super::*;
use crate::gateway::route::{Route, service};
use crate::settings::{Settings, StoreLocation};

fn keys(
    settings: Settings,
    service_name: &str,
    region: Option<&str>,
    headers: &[(&str, &str)],
) -> Vec<(String, String)> {
    let state = State::open(Settings { store: StoreLocation::Ephemeral, ..settings }).unwrap();
    let mut request = Request::builder();
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let route = Route {
        service: service(service_name).unwrap(),
        operation: None,
        version: None,
        region: region.map(str::to_owned),
        host_region: None,
        bucket: None,
    };
    let environment = environment(&state, &parts, SocketAddr::from(([10, 1, 2, 3], 5)), &route);
    let mut keys: Vec<_> =
        environment.keys().iter().map(|(key, values)| (key["aws:".len()..].to_owned(), values.join(","))).collect();
    keys.retain(|(key, _)| !["CurrentTime", "EpochTime", "ViaAWSService"].contains(&key.as_str()));
    keys.sort();
    keys
}

#[test]
fn a_request_tells_its_circumstances() {
    let peer = Settings::default();
    let headers = Settings { request_origin: RequestOrigin::Headers, ..Settings::default() };
    let plain =
        Settings { secure_transport: SecureTransport::AsIs, region: "eu-west-1".to_owned(), ..Settings::default() };
    let through =
        &[(SOURCE_VPCE, "vpce-1"), (SOURCE_VPC, "vpc-1"), (VPC_SOURCE_IP, "172.31.0.9"), (SOURCE_IP, "8.8.8.8")][..];
    for (settings, service, region, given, expected) in [
        (
            &peer,
            "sagemaker",
            Some("us-west-2"),
            &[][..],
            "RequestedRegion=us-west-2 SecureTransport=true SourceIp=10.1.2.3",
        ),
        (&peer, "iam", Some("us-west-2"), &[], "RequestedRegion=us-east-1 SecureTransport=true SourceIp=10.1.2.3"),
        (&peer, "sts", Some("us-west-2"), &[], "RequestedRegion=us-west-2 SecureTransport=true SourceIp=10.1.2.3"),
        (&plain, "sts", None, &[], "RequestedRegion=eu-west-1 SecureTransport=false SourceIp=10.1.2.3"),
        (
            &peer,
            "sagemaker",
            None,
            &[("user-agent", "Boto3"), ("referer", "there")],
            "Referer=there RequestedRegion=us-east-1 SecureTransport=true SourceIp=10.1.2.3 UserAgent=Boto3",
        ),
        (&peer, "sagemaker", None, through, "RequestedRegion=us-east-1 SecureTransport=true SourceIp=10.1.2.3"),
        (
            &headers,
            "sagemaker",
            None,
            through,
            "RequestedRegion=us-east-1 SecureTransport=true SourceVpc=vpc-1 SourceVpce=vpce-1 VpcSourceIp=172.31.0.9",
        ),
        (
            &headers,
            "sagemaker",
            None,
            &[(SOURCE_IP, "2001:db8::1")],
            "RequestedRegion=us-east-1 SecureTransport=true SourceIp=2001:db8::1",
        ),
        (&headers, "sagemaker", None, &[(SOURCE_IP, "nowhere")], "RequestedRegion=us-east-1 SecureTransport=true"),
        (&headers, "sagemaker", None, &[], "RequestedRegion=us-east-1 SecureTransport=true SourceIp=10.1.2.3"),
    ] {
        let told = keys(settings.clone(), service, region, given);
        let told: Vec<String> = told.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
        assert_eq!(told.join(" "), expected, "{service} {region:?} {given:?}");
    }
}
