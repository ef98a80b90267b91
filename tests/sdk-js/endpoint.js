// A real `passrole serve` process, AWS clients for it, and its control API. Knows nothing of what is asked or answered.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { IAMClient } from "@aws-sdk/client-iam";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { STSClient } from "@aws-sdk/client-sts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const READY = "passrole ready on ";
const PATIENCE_MILLISECONDS = 20_000;

export const ACCOUNT = "000000000000";
export const REGION = "us-east-1";
export const ROOT_KEY = { accessKeyId: "test", secretAccessKey: "test" };

/** A running endpoint with one of the worlds of `fixtures/worlds`; it keeps no store. */
export class Endpoint {
  static async start(world, ...flags) {
    const binary = process.env.PASSROLE_BINARY ?? `${ROOT}target/debug/passrole`;
    const file = `${ROOT}fixtures/worlds/${world}.json`;
    const listen = ["serve", "--listen", "127.0.0.1:0", "--ephemeral", "--world", file];
    const child = spawn(binary, [...listen, ...flags], { stdio: ["ignore", "pipe", "pipe"] });
    let log = "";
    child.stderr.on("data", (text) => (log += text));
    const lines = createInterface({ input: child.stdout });
    const line = await new Promise((resolve, reject) => {
      const fail = (why) => (child.kill(), reject(new Error(`the endpoint ${why}: ${log}`)));
      const patience = setTimeout(() => fail("does not get ready"), PATIENCE_MILLISECONDS);
      lines.once("line", (text) => (clearTimeout(patience), resolve(text)));
      child.once("error", (error) => (clearTimeout(patience), fail(error.message)));
      child.once("close", (status) => (clearTimeout(patience), fail(`ended with status ${status}`)));
    });
    if (!line.startsWith(READY)) throw new Error(`the endpoint says ${line}`);
    return new Endpoint(child, line.slice(READY.length).trim());
  }

  constructor(child, url) {
    this.child = child;
    this.url = url;
    this.clients = [];
  }

  /** What a client is configured with; it asks once unless told otherwise. */
  #client(Client, credentials, options) {
    const shared = { endpoint: this.url, region: REGION, maxAttempts: 1, credentials };
    const client = new Client({ ...shared, ...options });
    this.clients.push(client);
    return client;
  }

  sagemaker(credentials = ROOT_KEY, options = {}) {
    return this.#client(SageMakerClient, credentials, options);
  }

  iam(credentials = ROOT_KEY) {
    return this.#client(IAMClient, credentials, {});
  }

  sts(credentials = ROOT_KEY) {
    return this.#client(STSClient, credentials, {});
  }

  /** A call of the control API; answers the JSON body, undefined where there is none. */
  async control(method, path, document) {
    const body = document && JSON.stringify(document);
    const response = await fetch(`${this.url}/_passrole/${path}`, { method, body });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  async stop() {
    for (const client of this.clients) client.destroy();
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    return ended;
  }
}
