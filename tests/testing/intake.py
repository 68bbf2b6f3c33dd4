"""An office agent's HTTP intake in a scenario: tokens, requests, and what came back."""
import http.client
import json
import os
import re
import ssl

from county import BIN, COUNTY, run, until

KEY = "Idempotency-Key"
UNIT = "140322102200"
OTHER_UNIT = "140322102201"


def tally(count=1, unit=UNIT, **more):
    """A PublicityTallied in canonical JSON."""
    return {"occurredAt": "2020-08-19T09:00:00+08:00", "unit": unit,
            "publicityTallied": {"day": "2020-08-19", "item": "LEAFLETS", "count": count}, **more}


def cloud(count=1, **more):
    """The same as a CloudEvent."""
    return {"specversion": "1.0", "id": str(count), "source": "/test", "type": "sanling.v1.PublicityTallied",
            "time": "2020-08-19T09:00:00+08:00", "unit": UNIT,
            "data": {"day": "2020-08-19", "item": "LEAFLETS", "count": count}, **more}


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json["code"]


class Intake:
    """The governance office's agent with `http:`; its events are tallies, which need no matter before them."""

    def __init__(self, county, office="governance", **http_keys):
        self.county = county
        self.office = office
        self.keys = {"listen": "127.0.0.1:0", "tokens": "tokens", "requests_per_second": 10000, **http_keys}
        self.settings = {}
        self.address = None
        self.agent = None

    def config(self):
        settings = ", ".join(f"{key}: {value}" for key, value in self.keys.items() if value is not None)
        return self.county.write_agent_config(self.office, http="{" + settings + "}", **self.settings)

    def new_token(self, name, scope):
        done = run(BIN / f"sanling-{self.office}", "--config", self.config(), "--new-token", name, "--scope", scope)
        return done.stdout.strip()

    def start(self):
        """Starts the agent, or starts it again, and waits for its address."""
        before = 0 if self.agent is None else self.agent.journal.count("events are taken at")
        self.agent = self.county.start_program(self.office, BIN / f"sanling-{self.office}", "--config", self.config())
        until("the intake's address", lambda: self._addresses()[before:])
        self.address = self._addresses()[-1]
        return self

    def await_hub(self):
        """An agent that meets a hub for the first time notes which, before all else, and ends if it cannot."""
        until("the hub", lambda: "connected to" in self.agent.journal)

    def _addresses(self):
        if not self.agent.running:
            raise AssertionError(f"the agent ended with {self.agent.wait()}: {self.agent.journal[-2000:]}")
        return re.findall(r"events are taken at https?://(\S+?)/v1/events", self.agent.journal)

    def connect(self, timeout=30, context=None):
        host, port = self.address.rsplit(":", 1)
        if context is not None:
            return http.client.HTTPSConnection(host, int(port), timeout=timeout, context=context)
        return http.client.HTTPConnection(host, int(port), timeout=timeout)

    def ask(self, method, path, token=None, body=None, headers=None, connection=None, context=None):
        own = connection or self.connect(context=context)
        given = {} if token is None else {"Authorization": f"Bearer {token}"}
        own.request(method, path, body=body, headers={**given, **(headers or {})})
        answer = Answer(own.getresponse())
        if connection is None:
            own.close()
        return answer

    def post(self, token, body, key="k1", wait=None, content_type="application/json", headers=None, **more):
        """Posts to /v1/events; a body that is no bytes is sent as JSON. key=None: without one."""
        given = {"Content-Type": content_type, **(headers or {})}
        if key is not None:
            given[KEY] = key
        if wait is not None:
            given["Prefer"] = f"wait={wait}"
        encoded = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return self.ask("POST", "/v1/events", token, encoded, given, **more)

    def recorded(self):
        """The tallies in the hub's log, oldest first: their counts."""
        return [record["event"]["publicityTallied"].get("count", 0)
                for record in self.county.replay("--type", "PublicityTallied")]
