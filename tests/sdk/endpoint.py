"""A real `passrole serve` process, AWS clients for it, and its control API.

Knows nothing of what is asked or answered.
"""

import http.client
import json
import os
import pathlib
import selectors
import signal
import subprocess
import tempfile
import urllib.parse

import boto3
from botocore.config import Config

ROOT = pathlib.Path(__file__).resolve().parents[2]
REGION = "us-east-1"
READY = "passrole ready on "
PATIENCE_SECONDS = 20

# One session for all clients: it keeps the service models, which take longer to read than a test to run.
_session = boto3.Session()


def binary():
    """The program under test."""
    return os.environ.get("PASSROLE_BINARY", str(ROOT / "target/debug/passrole"))


class DidNotStart(Exception):
    """The process ended before it was ready; its text is what stderr said."""


class Key:
    """What a client signs with."""

    def __init__(self, id, secret, token=None):
        self.id, self.secret, self.token = id, secret, token


ROOT_KEY = Key("test", "test")


class Endpoint:
    """A running endpoint. `world` is a world file's content; without a store the process keeps none."""

    def __init__(self, *flags, world=None, store=None, environment=None):
        arguments = [binary(), "serve", "--listen", "127.0.0.1:0", *flags]
        arguments += ["--data-dir", str(store)] if store else ["--ephemeral"]
        self._files = tempfile.TemporaryDirectory()
        if world is not None:
            path = pathlib.Path(self._files.name) / "world.json"
            path.write_text(world if isinstance(world, str) else json.dumps(world))
            arguments += ["--world", str(path)]
        self._log = open(pathlib.Path(self._files.name) / "log", "w+")
        self.process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**os.environ, **(environment or {})},
            text=True,
        )
        line = self._first_line()
        if not line.startswith(READY):
            self.close()
            raise DidNotStart(self._final_log)
        self.url = line.removeprefix(READY).strip()
        self.host = urllib.parse.urlsplit(self.url).netloc

    def _first_line(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            return self.process.stdout.readline() if selector.select(PATIENCE_SECONDS) else ""

    def client(self, key=ROOT_KEY, service="sagemaker", region=REGION, **config):
        """An AWS client that asks once and checks nothing itself unless told otherwise."""
        config.setdefault("retries", {"max_attempts": 0})
        return _session.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id=key.id,
            aws_secret_access_key=key.secret,
            aws_session_token=key.token,
            config=Config(**config),
        )

    def send(self, method, path, body=b"", headers=None):
        """One request exactly as given; answers status, headers in lower case, and the body."""
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
        finally:
            connection.close()

    def control(self, method, path, document=None, headers=None):
        """A call of the control API; answers status and the JSON body, None where there is none."""
        body = b"" if document is None else json.dumps(document).encode()
        status, _, answer = self.send(method, "/_passrole/" + path, body, headers)
        return status, json.loads(answer) if answer else None

    def advance(self, duration):
        """Moves the virtual clock by an ISO 8601 duration."""
        status, answer = self.control("POST", "clock", {"advance": duration})
        assert status in (200, 204), answer

    def decisions(self, **filters):
        """The decisions that pass the filters, newest first."""
        status, answer = self.control("GET", "decisions?" + urllib.parse.urlencode(filters))
        assert status == 200, answer
        return answer["decisions"]

    def trace(self, request_id):
        """Everything that was asked and answered for one request."""
        status, answer = self.control("GET", "decisions/" + request_id)
        assert status == 200, answer
        return answer

    def log(self):
        """What the process has said on stderr so far."""
        self._log.seek(0)
        return self._log.read()

    def stop(self):
        """Asks the process to end, waits for it and answers its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_SECONDS)

    def close(self):
        """Ends the process, asked or not, and removes its files."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        if not self._log.closed:
            self._final_log = self.log()
            self._log.close()
        self._files.cleanup()
