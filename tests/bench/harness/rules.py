"""The rules by themselves, without a hub: what an event costs on the status path of a county with a year of
attestations, and what questions about a county and its years cost."""
from .comparisons import check


def ask(bench, command, *words):
    policy = bench.root / "deploy/policy/default.yaml"
    return bench.programs.figures("sanling-rules-bench", command, "--policy", policy, *words)


def run(bench):
    scale = bench.scale
    told = ask(bench, "rules", "--units", scale.units, "--rounds", scale.rules_rounds, "--events", scale.rules_events)
    bench.figures.note_all(told)
    accepted, refused = told["rules_accepted"], told["rules_refused"]
    check(accepted == 2 * scale.rules_rounds * scale.rules_events and refused == 0,
          f"the rules took {accepted:.0f} events and refused {refused:.0f}")
    check(min(told[name] for name in ("rules_routed", "rules_units_broken", "rules_attestations")) > 0,
          "no event was routed, or none broke a zero")
    summaries(bench)


def summaries(bench):
    """The program itself compares what is kept with what is walked over."""
    rounds, events = bench.scale.counted
    told = ask(bench, "summaries", "--units", bench.scale.units, "--rounds", rounds, "--events", events)
    bench.figures.note_all(told)
    check(told["summary_events"] > 0, "no event was counted")


def many_units(scale):
    """Of the counties that grow, the second; the larger ones are for hubs."""
    return scale.many_units[1]


def counties(scale):
    """(units, years) to ask about."""
    return [(scale.units, years) for years in scale.years] + [(many_units(scale), years) for years in
                                                              scale.years_of_many]


def one_county(bench, units, years):
    size = ("--units", units, "--years", years)
    told = ask(bench, "asof", *size)
    bench.figures.note_all(told)
    bench.figures.note_all(ask(bench, "page", *size))
    of = {name: told[f"asof_{name}_of_{units}_units_{years}_years"]
          for name in ("total", "zero", "broken", "unverified", "ended")}
    check(of["zero"] + of["broken"] + of["unverified"] == of["total"] > 0, f"the zeros of {units} units do not add up")
    check(of["total"] <= units and min(of["zero"], of["broken"], of["ended"]) > 0,
          f"{units} units: a status is missing")


def questions(bench):
    for units, years in counties(bench.scale):
        bench.say(f"questions about {units} units, {years} years")
        one_county(bench, units, years)
