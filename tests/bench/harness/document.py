"""The whole run as one JSON document."""
import dataclasses
import json

from .ratios import ratios


def document(bench, machine, versions, run):
    """`run`: which sections, how they were asked for, the load before and after."""
    return {"machine": machine, "versions": versions,
            "scale": {**run, **dataclasses.asdict(bench.scale), "latency_lines": list(bench.latency_lines)},
            "figures": bench.figures.document(), "ratios": ratios(bench.figures), "left_out": bench.figures.left_out,
            "seconds": bench.figures.seconds}


def write(path, written):
    path.write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n")
