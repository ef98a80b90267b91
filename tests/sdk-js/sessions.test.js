// Users, roles and sessions through `@aws-sdk/client-iam` and `@aws-sdk/client-sts`, used with `client-sagemaker`.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import * as iam from "@aws-sdk/client-iam";
import { DescribeTrainingJobCommand, ListTrainingJobsCommand } from "@aws-sdk/client-sagemaker";
import * as sts from "@aws-sdk/client-sts";
import { ACCOUNT, Endpoint } from "./endpoint.js";

const OPERATOR = `arn:aws:iam::${ACCOUNT}:role/Operator`;

const document = (...Statement) => JSON.stringify({ Version: "2012-10-17", Statement });

const TRUST = document({
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  Action: "sts:AssumeRole",
});

/** The error of a call that must be refused with this status. */
async function refused(call, status) {
  const error = await call.then(
    () => assert.fail("the call was accepted"),
    (error) => error,
  );
  assert.equal(error.$metadata?.httpStatusCode, status, String(error));
  assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
  return error;
}

let endpoint, operator;

before(async () => {
  endpoint = await Endpoint.start("seeds/pass-role");
  const root = endpoint.iam();
  await root.send(new iam.CreateUserCommand({ UserName: "op" }));
  const made = await root.send(new iam.CreateAccessKeyCommand({ UserName: "op" }));
  operator = { accessKeyId: made.AccessKey.AccessKeyId, secretAccessKey: made.AccessKey.SecretAccessKey };
  await root.send(new iam.CreateRoleCommand({ RoleName: "Operator", AssumeRolePolicyDocument: TRUST }));
  const allowed = { Effect: "Allow", Action: ["sagemaker:ListTrainingJobs", "sagemaker:Describe*"], Resource: "*" };
  const policy = { RoleName: "Operator", PolicyName: "Look", PolicyDocument: document(allowed) };
  await root.send(new iam.PutRolePolicyCommand(policy));
});

after(() => endpoint?.stop());

const assume = (members = {}) =>
  endpoint.sts(operator).send(new sts.AssumeRoleCommand({ RoleArn: OPERATOR, RoleSessionName: "js", ...members }));

function session(answer) {
  const { AccessKeyId, SecretAccessKey, SessionToken } = answer.Credentials;
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

test("a role is assumed once the user may", async () => {
  const error = await refused(assume(), 403);
  assert.ok(error instanceof sts.STSServiceException);
  assert.equal(error.name, "AccessDenied");
  assert.ok(
    error.message.startsWith(
      `User: arn:aws:iam::${ACCOUNT}:user/op is not authorized to perform: sts:AssumeRole on resource: ${OPERATOR}`,
    ),
    error.message,
  );
  const grant = { Effect: "Allow", Action: "sts:AssumeRole", Resource: OPERATOR };
  await endpoint
    .iam()
    .send(new iam.PutUserPolicyCommand({ UserName: "op", PolicyName: "Assume", PolicyDocument: document(grant) }));

  const answer = await assume();
  assert.equal(answer.AssumedRoleUser.Arn, `arn:aws:sts::${ACCOUNT}:assumed-role/Operator/js`);
  assert.ok(answer.Credentials.Expiration instanceof Date && answer.Credentials.Expiration > new Date());
  const identity = await endpoint.sts(session(answer)).send(new sts.GetCallerIdentityCommand({}));
  assert.deepEqual([identity.Arn, identity.Account], [answer.AssumedRoleUser.Arn, ACCOUNT]);
});

test("a session does what its role may, and a session policy narrows it", async () => {
  const list = new ListTrainingJobsCommand({});
  assert.deepEqual((await endpoint.sagemaker(session(await assume())).send(list)).TrainingJobSummaries, []);

  const narrow = document({ Effect: "Allow", Action: "sagemaker:Describe*", Resource: "*" });
  const narrowed = endpoint.sagemaker(session(await assume({ Policy: narrow })));
  const error = await refused(narrowed.send(list), 400);
  assert.equal(error.name, "AccessDeniedException");
  assert.equal(
    error.message,
    `User: arn:aws:sts::${ACCOUNT}:assumed-role/Operator/js is not authorized to perform: ` +
      "sagemaker:ListTrainingJobs because no session policy allows the sagemaker:ListTrainingJobs action",
  );
  const absent = await refused(narrowed.send(new DescribeTrainingJobCommand({ TrainingJobName: "absent" })), 400);
  assert.equal(absent.name, "ValidationException");
});

test("a session ends", async () => {
  const held = endpoint.sagemaker(session(await assume({ DurationSeconds: 900 })));
  await held.send(new ListTrainingJobsCommand({}));
  await endpoint.control("POST", "clock", { advance: "PT16M" });
  const error = await refused(held.send(new ListTrainingJobsCommand({})), 400);
  assert.equal(error.name, "ExpiredTokenException");
});

test("IAM's errors have their classes", async () => {
  const client = endpoint.iam();
  const absent = await refused(client.send(new iam.GetRoleCommand({ RoleName: "absent" })), 404);
  assert.ok(absent instanceof iam.NoSuchEntityException, absent.name);
  assert.equal(absent.message, "The role with name absent cannot be found.");

  const broken = { RoleName: "Operator", PolicyName: "Broken", PolicyDocument: "{" };
  const malformed = await refused(client.send(new iam.PutRolePolicyCommand(broken)), 400);
  assert.ok(malformed instanceof iam.MalformedPolicyDocumentException, malformed.name);

  const twice = { RoleName: "Operator", AssumeRolePolicyDocument: TRUST };
  const exists = await refused(client.send(new iam.CreateRoleCommand(twice)), 409);
  assert.ok(exists instanceof iam.EntityAlreadyExistsException, exists.name);

  const names = [];
  for await (const page of iam.paginateListRoles({ client, pageSize: 1 }, {})) {
    assert.equal(page.Roles.length, 1);
    names.push(page.Roles[0].RoleName);
  }
  assert.deepEqual(names.sort(), ["Operator", "OtherRole", "TeamRole"]);
});
