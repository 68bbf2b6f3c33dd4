"""How many requests an agent's HTTP intake answers on this machine: a real hub and agent on loopback, single events and
batches of 100, answered when they are in the outbox (202) and when the hub has recorded them (201).

Usage: http_intake.py [--smoke] [--bin DIR]; the programs are those of build/release unless said otherwise. Other work on the
machine changes the figures: the load is printed with them. The senders are Python and take a processor of their own.
"""
import argparse
import json
import os
import pathlib
import socket
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def send_all(intake, token, number, count, body, wait):
    """One connection that sends `count` requests, one after the other."""
    host, port = intake.address.rsplit(":", 1)
    connection = socket.create_connection((host, int(port)))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    answers = connection.makefile("rb")
    prefer = "Prefer: wait=60\r\n" if wait else ""
    for i in range(count):
        head = (f"POST /v1/events HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
                f"Content-Type: application/json\r\nIdempotency-Key: {number}-{i}\r\n{prefer}"
                f"Content-Length: {len(body)}\r\n\r\n")
        connection.sendall(head.encode() + body)
        status, size = answers.readline(), 0
        if (b" 201 " if wait else b" 202 ") not in status:
            raise AssertionError(status)
        for line in iter(answers.readline, b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                size = int(line.split(b":")[1])
        answers.read(size)
    connection.close()


def measure(intake, token, run, clients, each, body, wait):
    """Requests a second."""
    failed = []

    def client(number):
        try:
            send_all(intake, token, f"{run}-{number}", each, body, wait)
        except Exception as error:  # a thread's error is told by the one that waits for it
            failed.append(error)
    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return clients * each / (time.monotonic() - begun)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--bin", default=ROOT / "build/release/bin", type=pathlib.Path)
    options = parser.parse_args()
    os.environ.update(SANLING_BIN=str(options.bin.absolute()), SANLING_TOOLS=str(options.bin), SANLING_SOURCE=str(ROOT))
    sys.path.insert(0, str(ROOT / "tests/testing"))
    from county import County
    from intake import Intake, tally

    scale = 1 if options.smoke else 40
    single = json.dumps(tally(1)).encode()
    batch = json.dumps({"events": [tally(i + 1) for i in range(100)]}).encode()
    cases = [(1, 10, single, 1), (16, 10, single, 1), (1, 2, batch, 100), (8, 2, batch, 100)]
    expected = 0
    with County() as county:
        county.start()
        intake = Intake(county, connections=100)
        token = intake.new_token("bench", "publish")
        intake.start()
        for clients, each, body, events in cases:
            for wait in (False, True):
                rate = measure(intake, token, expected, clients, each * scale, body, wait)
                expected += clients * each * scale * events
                print(f"{clients:3} senders, {events:3} events a request, {'201' if wait else '202'}: "
                      f"{rate:7.0f} requests/s {rate * events:8.0f} events/s")
        recorded = intake.ask("GET", "/readyz").json
        deadline = time.monotonic() + 60
        while recorded["waiting"] > 0 and time.monotonic() < deadline:
            recorded = intake.ask("GET", "/readyz").json
        if len(intake.recorded()) != expected:
            raise AssertionError(f"{len(intake.recorded())} events recorded, not {expected}")
        print(f"peak memory of the agent: {intake.agent.peak_memory() / 1048576:.0f} MiB; load of the machine "
              f"{os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
