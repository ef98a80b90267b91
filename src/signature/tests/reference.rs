//! The canonical form against `aws-sigv4`, AWS's own signer: what it signs is accepted.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SessionTokenMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4::SigningParams;
use proptest::prelude::*;

use super::*;
use crate::secret::Secret;
use crate::signature::SigningKeys;

struct Case {
    service: &'static str,
    uri: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    token: Option<String>,
    presigned: bool,
}

fn settings(case: &Case) -> SigningSettings {
    let mut settings = SigningSettings::default();
    if case.service == "s3" {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    if case.presigned {
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(Duration::from_secs(60));
    }
    settings.session_token_mode = SessionTokenMode::Include;
    settings
}

/// Signs with the library and returns the request as it would be sent.
fn signed(case: &Case) -> Parts {
    let identity = Credentials::new("AKID", "secret", case.token.clone(), None, "test").into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region("eu-west-1")
        .name(case.service)
        .time(SystemTime::from(now()))
        .settings(settings(case))
        .build()
        .unwrap()
        .into();
    let url = format!("http://localhost:4566{}", case.uri);
    let headers = case.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let body = if case.presigned && case.service == "s3" {
        SignableBody::UnsignedPayload
    } else {
        SignableBody::Bytes(&case.body)
    };
    let signable = SignableRequest::new("POST", &url, headers, body).unwrap();
    let (instructions, _) = sign(signable, &params).unwrap().into_parts();
    let mut request = Request::builder().method("POST").uri(&url).header("host", "localhost:4566");
    for (name, value) in &case.headers {
        request = request.header(name, value);
    }
    let mut request = request.body(()).unwrap();
    instructions.apply_to_request_http1x(&mut request);
    let mut parts = request.into_parts().0;
    // What is sent is the origin form.
    parts.uri = parts.uri.path_and_query().unwrap().as_str().parse().unwrap();
    parts
}

fn verdict(case: &Case) -> Result<(), Fault> {
    let parts = signed(case);
    let family = if case.service == "s3" { ErrorFamily::S3 } else { ErrorFamily::Json };
    let claim =
        claim(&parts, &Expected { family, service: case.service, region: "eu-west-1", host_region: None }, now())?;
    assert_eq!(claim.token.as_ref().map(Secret::expose), case.token.as_deref());
    claim.verify(&Secret::new("secret"), &SigningKeys::new(), &parts, &case.body)
}

fn services() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("sagemaker"), Just("sts"), Just("s3")]
}

proptest! {
    #[test]
    fn what_the_library_signs_is_accepted(
        service in services(),
        path in "(/([a-zA-Z0-9._~-]|%(20|21|28|2B|3D|40)|%E1%88%B4){0,6}){1,4}",
        query in proptest::option::of("([a-zA-Z0-9~.-]{1,4}(=([a-z]|%2B|%20|\\+|%3D|%26){0,4})?&){0,4}[a-z]=1"),
        headers in proptest::collection::vec(("x-(amz-meta|other)-[a-z]{1,3}", "[ -~]{0,12}"), 0..5),
        body in proptest::collection::vec(any::<u8>(), 0..64),
        token in proptest::option::of("[a-zA-Z0-9+/=]{1,40}"),
        presigned in any::<bool>(),
    ) {
        let uri = query.map_or_else(|| path.clone(), |query| format!("{path}?{query}"));
        // The library refuses nothing here, but a header that ends in blanks cannot be sent.
        let headers = headers.into_iter().map(|(name, value)| (name, value.trim().to_owned())).collect();
        let case = Case { service, uri, headers, body, token, presigned };
        prop_assert_eq!(verdict(&case), Ok(()));
    }

    #[test]
    fn nothing_that_is_sent_makes_it_panic(
        authorization in "(AWS4-(HMAC-SHA256)?)? ?[ -~]{0,80}",
        query in "[a-zA-Z0-9%=&/+.-]{0,80}",
        date in "[0-9TZ]{0,17}",
        family in prop_oneof![Just(ErrorFamily::Json), Just(ErrorFamily::S3), Just(ErrorFamily::Query)],
    ) {
        let uri = format!("/?{query}");
        let headers = [("host", "h"), ("x-amz-date", date.as_str()), ("authorization", authorization.as_str())];
        prop_assert!(claimed(family, "s3", &uri, &headers).is_err());
        let presigned = format!("/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={date}&X-Amz-Signature=a&{query}");
        prop_assert!(claimed(family, "s3", &presigned, &[("host", "h")]).is_err());
    }
}
