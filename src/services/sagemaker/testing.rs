//! A bench for tests of this service: calls served in process over a temporary store, every answer held to its shape.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::operation;
use crate::access::{Caller, Environment};
use crate::account::AccountId;
use crate::document::Document;
use crate::fault::Fault;
use crate::model;
use crate::principal::Principal;
use crate::services::Call;
use crate::settings::{Enforcement, Pace, Settings, StoreLocation};
use crate::state::State;

/// A store, a root user and a clock.
pub(super) struct Bench {
    state: State,
    environment: Environment,
    caller: Caller,
    requests: u64,
}

impl Bench {
    /// A fresh bench, at a fixed time.
    pub(super) fn new(pace: Pace) -> Bench {
        Bench::with(Settings { pace, ..Settings::default() })
    }

    /// A fresh bench on which no policy is evaluated, whoever asks.
    pub(super) fn off(pace: Pace) -> Bench {
        Bench::with(Settings { pace, enforcement: Enforcement::Off, ..Settings::default() })
    }

    fn with(settings: Settings) -> Bench {
        let settings = Settings { store: StoreLocation::Ephemeral, ..settings };
        let environment = Environment::new(Timestamp::from_second(1_790_000_000).unwrap(), "us-east-1");
        let caller = Caller {
            principal: Principal::Root { account: AccountId::ZERO },
            access_key_id: "test".to_owned(),
            session: None,
        };
        Bench { state: State::open(settings).unwrap(), environment, caller, requests: 0 }
    }

    /// Lets time pass.
    pub(super) fn pass(&mut self, seconds: i64) {
        let now = self.environment.now + SignedDuration::from_secs(seconds);
        self.environment = Environment::new(now, "us-east-1");
    }

    /// Serves a call; an answer that its output shape does not allow fails the test.
    pub(super) fn call(&mut self, name: &str, input: Document) -> Result<Document, Fault> {
        let service = model::service("sagemaker").unwrap();
        let operation = service.operation(name).unwrap_or_else(|| panic!("no operation `{name}`"));
        let input = model::check_input(service, operation, input)?;
        self.requests += 1;
        while (super::SERVICE.is_due)(&self.state, self.environment.now)? {
            let settled = (super::SERVICE.settle)(&self.state, &self.environment)?;
            let _ = self.state.apply(settled.batch)?;
        }
        let world = Arc::clone(&self.state.world());
        let call = Call {
            state: &self.state,
            world: &world,
            operation,
            input: &input,
            caller: &self.caller,
            account: AccountId::ZERO,
            environment: &self.environment,
            request_id: &format!("{:08x}-0000-4000-8000-000000000000", self.requests),
        };
        (super::SERVICE.questions)(&call)?;
        (super::SERVICE.check)(&call)?;
        (super::SERVICE.roles)(&call)?;
        let reply = operation::serve(&call)?;
        let _ = self.state.apply(reply.batch)?;
        let Some(shape) = operation.output else { return Ok(Document::Null) };
        let wrong = model::check_output(service, shape, &reply.document);
        assert!(wrong.is_empty(), "{name} answers {}: {wrong:#?}", reply.document);
        Ok(model::project(service, shape, &reply.document))
    }

    /// Puts rules for outcomes into force.
    pub(super) fn script(&mut self, rules: &Document) {
        let rules = super::outcome::Rules::parse(rules.to_string().as_bytes()).unwrap();
        let mut batch = crate::state::store::Batch::new();
        rules.write(&mut batch);
        let _ = self.state.apply(batch).unwrap();
    }

    /// Serves a call that must be accepted.
    pub(super) fn accept(&mut self, name: &str, input: Document) -> Document {
        self.call(name, input).unwrap_or_else(|fault| panic!("{name}: {fault}"))
    }

    /// Serves a call that must be refused; answers code and text.
    pub(super) fn refuse(&mut self, name: &str, input: Document) -> (String, String) {
        match self.call(name, input) {
            Ok(answer) => panic!("{name} is accepted: {answer}"),
            Err(fault) => (fault.code.to_string(), fault.text().to_owned()),
        }
    }
}
