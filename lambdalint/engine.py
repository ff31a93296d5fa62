"""Templates × rules → findings, each once, in file order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from lambdalint.fix import Fix
from lambdalint.graph import External, Graph
from lambdalint.graph.edges import Subject
from lambdalint.macro import calls
from lambdalint.rule import Claim, Confidence, Finding, Note, Problem, Rule, Unjudged
from lambdalint.template import Template
from lambdalint.value import Source, Unknown
from lambdalint.when import Deployments
from lambdalint.world import MAX_WORLDS, World

Options: TypeAlias = Mapping[str, Mapping[str, Any]]


@dataclass(slots=True)
class _Case:
    """Everything a rule claims about one place."""

    claims: list[Claim] = field(default_factory=list)
    deployments: Deployments = field(default_factory=Deployments)


@dataclass(slots=True)
class Verdict:
    """What the rules say about the templates of a run, and the files of code that they read."""

    findings: list[Finding] = field(default_factory=list)
    unjudged: list[Unjudged] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    code: list[Source] = field(default_factory=list)


def lint(
    templates: Iterable[Template],
    rules: Iterable[Rule],
    options: Options | None = None,
    *,
    unknown: bool = False,
) -> Verdict:
    """Run every rule; what holds in several worlds is told once, and a crash hides nothing else.

    With `unknown`, tell also what could not be judged.
    """
    templates = list(templates)
    graph = Graph(templates)
    verdict = Verdict()
    known = {
        **{one.file: one for one in reversed(templates)},
        **{one.key: one for one in templates},
    }
    for rule in rules:
        given = {**rule.options, **(options or {}).get(rule.id, {})}
        cases: dict[Note, _Case] = defaultdict(_Case)
        graph.subject, graph.world = Subject(), World({})
        try:
            for claim in rule.check(graph, **given):
                case = cases[claim.notes[0]]
                case.claims.append(claim)
                case.deployments.add(graph.subject, graph.world)
        except Exception as crash:  # noqa: BLE001  a broken check must not hide other findings
            verdict.problems.append(_crash(f"rule {rule.id}", crash, templates))
        for case in cases.values():
            verdict.findings.append(_finding(rule, case, known))
    verdict.findings.sort(key=order)
    verdict.code += graph.code()
    if unknown:
        try:
            verdict.unjudged += _unjudged(graph, templates)
        except Exception as crash:  # noqa: BLE001  the findings are told all the same
            verdict.problems.append(_crash("the graph", crash, templates))
        verdict.unjudged = sorted(
            dict.fromkeys(verdict.unjudged), key=lambda one: (one.at.location, one.reason)
        )
    return verdict


def order(finding: Finding) -> tuple[Any, ...]:
    """What to sort findings by: file, place, rule."""
    return finding.at.location, finding.rule.id, finding.message


def _finding(rule: Rule, case: _Case, templates: Mapping[str, Template]) -> Finding:
    notes = _told(dict.fromkeys(note for claim in case.claims for note in claim.notes))
    surest = max(case.claims, key=lambda claim: claim.confidence)
    severities = [claim.severity or rule.severity for claim in case.claims]
    # What is about code is about the template that its evidence lies in.
    template = next(templates[at.source.file] for at, _ in notes if at.source.file in templates)
    guessed = all(
        any(templates[key].is_guess(name) for key, name in answers)
        for answers in case.deployments.answers()
    )
    resource = next((note.at.resource for note in notes if note.at.resource), "")
    declared = template.resources.get(resource)
    construct = template.construct_of(declared) if declared else ""
    return Finding(
        rule,
        max(severities),
        min(surest.confidence, Confidence.MEDIUM) if guessed else surest.confidence,
        notes,
        case.deployments.words(templates),
        resource,
        template.stack,
        construct,
        template.cdk.created(construct) if template.cdk and construct else "",
        _fix(case, guessed=guessed),
    )


def _fix(case: _Case, *, guessed: bool) -> Fix | None:
    """What all claims want done, as each of them wants it; what rests on a guess is not safe."""
    fixes = [claim.fix for claim in case.claims if claim.fix]
    puts = {put.at: put for fix in fixes for put in fix.puts}
    if len(fixes) < len(case.claims) or any(
        puts[put.at] != put for fix in fixes for put in fix.puts
    ):
        return None
    title = ", ".join(dict.fromkeys(fix.title for fix in fixes))
    return Fix(title, all(fix.safe for fix in fixes) and not guessed, tuple(puts.values()))


def _told(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Notes that tell which turn of a loop they are about, unless it is that of the message."""
    first, *others = notes
    return (
        _in_turn(first, ""),
        *(_in_turn(note, first.at.turn) for note in others),
    )


def _in_turn(note: Note, known: str) -> Note:
    turn = note.at.turn
    return Note(note.at, f"{note.text} ({turn})") if turn not in ("", known) else note


# --- what could not be looked at ------------------------------------------------------------------


def describe(crash: Exception) -> str:
    """What went wrong in lambdalint itself, and where in its code."""
    from traceback import extract_tb  # noqa: PLC0415  only a crash needs it

    last = extract_tb(crash.__traceback__)[-1]
    return f"{type(crash).__name__}: {crash} ({Path(last.filename).name}:{last.lineno})"


def _crash(who: str, crash: Exception, templates: list[Template]) -> Problem:
    where = ", ".join(template.file for template in templates[:3])
    return Problem(where, f"{who} failed: {describe(crash)}", internal=True)


def _unjudged(graph: Graph, templates: Iterable[Template]) -> Iterator[Unjudged]:
    """What no rule can judge: macros, parameters of any value, ends of triggers nobody knows."""
    for template in templates:
        for macro in template.macros() or calls(template):
            makes = str(macro.data).startswith("Fn::ForEach")
            told = f"the loop {macro.data} makes" if makes else f"the macro {macro.data} changes"
            yield Unjudged("", macro.at, f"what {told} is unknown")
    for place in graph.crowded():
        yield Unjudged("", place, f"has more than {MAX_WORLDS} deployments to look at")
    for trigger in graph.triggers():
        for end in (trigger.source, trigger.function):
            if isinstance(end, External) and not end.told:
                at, text = _in_turn(Note(trigger.at, f"the trigger has {end.name}"), "")
                yield Unjudged("", at, text)
    for template in templates:
        for name, candidates in template.asked.items():
            parameter = template.parameter(name)
            if parameter.data is not None and any(isinstance(c, Unknown) for c in candidates):
                yield Unjudged("", parameter.at, f"{name} may be anything: --parameter {name}=…")
