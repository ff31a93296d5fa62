"""What a rule is, what a check claims, and what a finding is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple, Protocol, TypeAlias

from lambdalint.confidence import Confidence
from lambdalint.fix import Fix
from lambdalint.graph import Graph
from lambdalint.value import Place

__all__ = [
    "CFN_LINT",
    "Check",
    "Claim",
    "Claims",
    "Confidence",
    "Finding",
    "Fix",
    "Note",
    "Outcome",
    "Problem",
    "Rule",
    "Severity",
    "Unjudged",
    "written",
]


class Severity(IntEnum):
    """Error: a deployment fails, or data is lost, duplicated or looped. Warning: a documented
    risk. Info: advice.
    """

    INFO = 1
    WARNING = 2
    ERROR = 3


class Note(NamedTuple):
    """A sentence pinned to a place."""

    at: Place
    text: str


class Claim:
    """A problem that a check sees: the first note names it, the others are the evidence.

    `severity` is said only where it differs from the rule's page; `fix` repairs it, if one does.
    """

    __slots__ = ("confidence", "fix", "notes", "severity")

    def __init__(
        self,
        *notes: Note,
        severity: Severity | None = None,
        confidence: Confidence = Confidence.HIGH,
        fix: Fix | None = None,
    ) -> None:
        self.notes, self.severity, self.confidence = notes, severity, confidence
        self.fix = fix


# The family of what cfn-lint finds.
CFN_LINT = "cfn-lint"

Claims: TypeAlias = Iterator[Claim]


class Check(Protocol):
    """Looks at the graph and yields what is wrong; its keyword arguments are the page's options."""

    def __call__(self, graph: Graph, **options: Any) -> Claims: ...


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A page of `rules/` and the check of the same name.

    `page` is the Markdown below the front matter, `options` are names and defaults, `choices` what
    an option, or each element of one, may be. `fix` is `safe` where a finding can be repaired
    without thinking twice, `unsafe` where somebody must judge, "" where a person has to do it.
    `cfn_lint` are the codes under which cfn-lint tells the same fact.
    """

    id: str
    title: str
    severity: Severity
    enabled: bool
    options: Mapping[str, Any]
    sources: tuple[str, ...]
    page: str
    check: Check
    choices: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    fix: str = ""
    cfn_lint: tuple[str, ...] = ()

    @property
    def repair(self) -> str:
        """Who repairs what it finds."""
        ways = {"safe": "repaired by `--fix`", "unsafe": "repaired by `--fix --unsafe-fixes`"}
        return ways.get(self.fix, "repaired by hand")

    @property
    def url(self) -> str:
        """The source that documents it best."""
        return self.sources[0]


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """A rule that is broken at a place, and the notes that prove it.

    `when` names the deployments that have the problem, "" if all have. `resource` is the logical
    id, `construct_path` the CDK construct (or ""), `created_at` the line of the app that makes it,
    `stack` the stack's name, where they are known.
    """

    rule: Rule
    severity: Severity
    confidence: Confidence
    notes: tuple[Note, ...]
    when: str = ""
    resource: str = ""
    stack: str = ""
    construct_path: str = ""
    created_at: str = ""
    fix: Fix | None = None

    @property
    def at(self) -> Place:
        return self.notes[0].at

    @property
    def message(self) -> str:
        return self.notes[0].text

    @property
    def fingerprint(self) -> str:
        """A name for the finding that survives line moves: rule, file and resource path, and the
        line itself where no path leads to it, as in code.
        """
        from hashlib import sha256  # noqa: PLC0415  2 ms that few formats need

        more = filter(None, (self.at.turn, written(self.at) if self.at.span else ""))
        where = "/".join(map(str, (self.resource, *self.at.path, *more)))
        named = f"{self.rule.id}\n{self.at.source.file}\n{where}"
        return sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def written(at: Place) -> str:
    """What the line says that a place begins in."""
    lines = at.source.text.split("\n")
    number = at.location.line
    return lines[number - 1].strip() if number <= len(lines) else ""


class Unjudged(NamedTuple):
    """What a rule could not decide because the template does not tell."""

    rule: str
    at: Place
    reason: str


class Problem(NamedTuple):
    """What kept a file, or a rule, from being looked at; line and column are 0 if nobody knows.

    `internal` is a failure of lambdalint itself.
    """

    file: str
    message: str
    line: int = 0
    column: int = 0
    internal: bool = False


class Outcome(NamedTuple):
    """What one run has to say, in file order; `files` are the templates that were looked at.

    `older` is how many findings are left out because a revision had them already, `held` how many
    a baseline holds back.
    """

    findings: tuple[Finding, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()
    older: int = 0
    held: int = 0
