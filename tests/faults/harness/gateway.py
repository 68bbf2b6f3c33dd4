"""kill -9 of the leadership page's gateway: it comes back and shows the truth; the hub does not notice."""
import random
import time

from county import until
from harness import oracle
from harness.victims import Victims, await_more
from page import Page


def killed(row, times, seed):
    chance = random.Random(seed)
    with Victims() as county:
        county.start()
        publisher = county.oracle()
        page = Page(county)
        for number in range(times):
            page.start()
            browser = page.browser("leader")
            stream = browser.stream()
            until("the stream", lambda: stream.events or stream.ended)
            await_more(publisher)
            time.sleep(chance.uniform(0, 0.1))
            page.program.kill()
            stream.close()
            row.happened("came back, went on")
        publisher.stop()
        page.start()
        browser = page.browser("leader")
        asked = _said(county.ask("summary", identity="leader"))
        shown = _said(until("the page's summary", lambda: browser.document("/v1/summary"))["summary"])
        if shown != asked:
            row.wrong.append(f"the page says otherwise than the hub: {str(shown)[:200]} … {str(asked)[:200]}")
        row.figures["position that page and hub agree on"] = asked["position"]
        oracle.check(county, row, [publisher])


def _said(value):
    """Without the moment of asking, and without what one of the two writes out although it is nothing."""
    if isinstance(value, list):
        return [_said(each) for each in value]
    if not isinstance(value, dict):
        return value
    said = {name: _said(each) for name, each in value.items() if name != "time"}
    return {name: each for name, each in said.items() if each not in (0, "0", "", "ALL", "UNSPECIFIED", [], {}, None)}
