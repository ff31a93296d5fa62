from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import lambdalint
from lambdalint.cli import FORMATS, main

SHORT = "sqs/short-visibility-timeout"
QUEUE = """\
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 60
"""
FULFIL = """\
  Fulfil:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 30
      Events:
        Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}
"""
TEMPLATE = f"Resources:\n{QUEUE}{FULFIL}"
REPAIRED = TEMPLATE.replace("Timeout: 60", "Timeout: 180")
KNOWN = "known.json"


pytestmark = pytest.mark.usefixtures("home")


def put(path: str, text: str = TEMPLATE) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8")


def run(*args: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, args, input=stdin)


def check(*args: str, stdin: str | None = None) -> Result:
    """One rule, one line a finding."""
    return run("check", "--format", "concise", "--select", SHORT, *args, stdin=stdin)


def write(*args: str, file: str = KNOWN, stdin: str | None = None) -> Result:
    result = check("--write-baseline", file, *args, stdin=stdin)
    assert result.exit_code == 0, result.stderr
    return result


def listed(file: str = KNOWN) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(Path(file).read_text("utf-8"))["findings"]
    return found


def said(result: Result) -> tuple[int, str, str]:
    return result.exit_code, result.stdout, result.stderr


def stale(resource: str = "Orders", template: str = "template.yaml", more: str = "") -> str:
    return (
        f"warning: {KNOWN}: nothing breaks {SHORT} in {template} ({resource}){more} any more, "
        "--update-baseline drops what is gone\n"
    )


SILENT = (0, "", "")


# --- written --------------------------------------------------------------------------------------


def test_all_that_is_found_is_written_and_nothing_fails() -> None:
    put("template.yaml")

    assert said(write()) == (0, "", f"{KNOWN}: 1 finding written\n")
    assert listed() == [
        {
            "template": "template.yaml",
            "rule": SHORT,
            "resource": "Orders",
            "at": "Properties/VisibilityTimeout",
            "message": "hides a message for 60 s, needs 6 × 30 s",
        }
    ]
    assert said(check("--baseline", KNOWN)) == SILENT
    assert said(check("--write-baseline", KNOWN, "--quiet")) == SILENT


def test_file_is_stable_with_an_entry_on_each_line() -> None:
    put("b/template.yaml")
    put("a/template.yaml")
    write("b", "a")
    first = Path(KNOWN).read_text("utf-8")
    write("a", "b")

    lines = first.splitlines()
    assert Path(KNOWN).read_text("utf-8") == first
    assert lines[:3] == ["{", '  "version": 1,', '  "findings": [']
    assert re.findall(r'"template": "(\w)/', "\n".join(lines[3:5])) == ["a", "b"]
    assert lines[5:] == ["  ]", "}"]


def test_entries_are_sorted_by_template_and_rule() -> None:
    put("template.yaml")
    write("--extend-select", "sqs/no-partial-batch-response")

    assert [one["resource"] for one in listed()] == ["Fulfil", "Orders"]


def test_nothing_found_is_a_baseline_too() -> None:
    put("template.yaml", REPAIRED)

    assert write().stderr == f"{KNOWN}: 0 findings written\n"
    assert listed() == []
    put("template.yaml")
    assert check("--baseline", KNOWN).exit_code == 1


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="there is no such device")
def test_baseline_may_go_down_a_pipe() -> None:
    put("template.yaml")
    words = ["check", "--select", SHORT, "--write-baseline", "/dev/stdout"]
    env = {**os.environ, "PYTHONPATH": str(Path(lambdalint.__file__).parents[1])}

    ended = subprocess.run(
        [sys.executable, "-m", "lambdalint", *words],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        check=True,
        timeout=60,
        env=env,
    )

    assert b'"rule": "sqs/short-visibility-timeout"' in ended.stdout


@pytest.mark.parametrize("paths", [(), ("other.yaml",)])
def test_no_baseline_overwrites_a_template(paths: tuple[str, ...]) -> None:
    put("template.yaml")
    put("other.yaml")

    result = check("--write-baseline", "template.yaml", *paths)

    assert result.exit_code == 2
    assert "template.yaml: error: the baseline would overwrite a template" in result.stderr
    assert Path("template.yaml").read_text("utf-8") == TEMPLATE


def test_what_is_ignored_is_not_written() -> None:
    ignored = f"60  # lambdalint: ignore[{SHORT}] never throttled\n"
    put("template.yaml", TEMPLATE.replace("60\n", ignored))
    write()

    assert listed() == []


def test_template_that_cannot_be_read_is_still_said() -> None:
    put("template.yaml")
    put("broken.yaml", "Resources:\n  Orders: {Type: AWS::SQS::Queue\n")

    result = check("--write-baseline", KNOWN)

    assert result.exit_code == 2
    assert "broken.yaml:3:1: error" in result.stderr
    assert len(listed()) == 1


def test_paths_are_relative_to_the_baseline(monkeypatch: pytest.MonkeyPatch) -> None:
    put("app/template.yaml")
    Path("ci").mkdir()
    write(file="ci/known.json")

    assert [one["template"] for one in listed("ci/known.json")] == ["../app/template.yaml"]
    monkeypatch.chdir("app")
    assert said(check("--baseline", "../ci/known.json")) == SILENT
    assert said(check("--baseline", "../ci/known.json", str(Path.cwd()))) == SILENT


# --- what is known and what is new ----------------------------------------------------------------


def test_links_to_the_folder_of_the_baseline_change_nothing(home: Path) -> None:
    put("stacks/template.yaml")
    put("template.yaml")
    write()
    link = home.parent / f"{home.name}-link"
    link.symlink_to(home)

    for baseline in (home, link):
        for path in (Path(), home, link, link / "stacks"):
            result = check("--baseline", str(baseline / KNOWN), str(path))
            assert (result.exit_code, result.stdout) == (0, ""), (baseline, path)


def test_what_is_new_is_told_and_fails() -> None:
    put("template.yaml")
    write()
    put("other.yaml")

    result = check("--baseline", KNOWN)

    assert result.exit_code == 1
    assert re.findall(r"^(\w+)\.yaml", result.stdout, re.MULTILINE) == ["other"]


def test_summary_tells_how_many_are_held_back() -> None:
    put("template.yaml")
    write()
    args = ("check", "--select", SHORT, "--baseline", KNOWN)

    assert run(*args).stdout == "nothing new in 1 template, 1 held back by the baseline\n"
    assert run(*args, "--statistics").stdout == run(*args).stdout
    assert run(*args, "--quiet").stdout == ""
    put("other.yaml")
    told = "1 warning in 2 templates, 1 held back by the baseline"
    assert f"\n\n{told}\n" in run(*args).stdout
    assert told in run(*args, "--format", "markdown").stdout


def test_what_is_known_is_repaired_too() -> None:
    put("template.yaml")
    write()

    result = check("--baseline", KNOWN, "--fix", "--unsafe-fixes")

    assert result.exit_code == 0
    assert Path("template.yaml").read_text("utf-8") != TEMPLATE
    assert check("--baseline", KNOWN).stderr == stale()


@pytest.mark.parametrize("format", FORMATS)
def test_no_format_tells_what_is_known(format: str) -> None:
    put("template.yaml", TEMPLATE.replace("Timeout: 60", "Timeout: 61"))
    args = ("check", "--select", SHORT, "--format", format)
    assert "for 61 s" in run(*args).stdout
    write()
    put("other.yaml", TEMPLATE.replace("Timeout: 60", "Timeout: 62"))

    result = run(*args, "--baseline", KNOWN)
    written = run(*args, "--write-baseline", "all.json")

    assert result.exit_code == 1
    assert "for 62 s" in result.stdout
    assert "for 61 s" not in result.stdout
    assert written.exit_code == 0
    assert not re.search("for 6[12] s", written.stdout)


def test_moved_lines_are_still_known() -> None:
    put("template.yaml")
    write()
    put("template.yaml", f"# new\n\nResources:\n{FULFIL}\n{QUEUE}")

    assert said(check("--baseline", KNOWN)) == SILENT


def test_other_figures_at_the_same_place_are_still_known() -> None:
    put("template.yaml")
    write()
    put("template.yaml", TEMPLATE.replace("Timeout: 60", "Timeout: 90"))

    assert said(check("--baseline", KNOWN)) == SILENT


def test_same_fault_of_another_resource_is_new() -> None:
    put("template.yaml")
    write()
    put("template.yaml", TEMPLATE.replace("Orders", "Returns"))

    result = check("--baseline", KNOWN)

    assert "(Returns)" in result.stdout
    assert result.stderr == stale()


def test_other_rule_of_the_same_resource_is_new() -> None:
    put("template.yaml")
    write()

    result = check("--baseline", KNOWN, "--extend-select", "sqs/no-dead-letter-queue")

    assert re.findall(r"\[(.+?)\]", result.stdout) == ["sqs/no-dead-letter-queue"]


UNUSED = ("--extend-select", "ignore/unused,url/public")


def with_ignore(rules: str) -> str:
    return REPAIRED.replace("180\n", f"180  # lambdalint: ignore[{rules}] just in case\n")


def keep(number: int) -> None:
    """Leave the baseline with some of its entries."""
    put(KNOWN, json.dumps({"version": 1, "findings": listed()[:number]}))


def test_entry_holds_back_the_finding_that_says_the_same() -> None:
    put("template.yaml", with_ignore(f"url/public, {SHORT}"))
    write(*UNUSED)
    first, second = listed()
    assert {**first, "message": second["message"]} == second
    keep(1)

    result = check("--baseline", KNOWN, *UNUSED)

    assert first["message"] not in result.stdout
    assert second["message"] in result.stdout


def test_same_finding_twice_is_counted() -> None:
    put("template.yaml", with_ignore(f"{SHORT}, {SHORT}"))
    write(*UNUSED)
    first, second = listed()
    assert first == second
    assert said(check("--baseline", KNOWN, *UNUSED)) == SILENT

    keep(1)
    assert check("--baseline", KNOWN, *UNUSED).stdout.count("nothing breaks") == 1

    write(*UNUSED)
    put("template.yaml", with_ignore(SHORT))
    assert said(check("--baseline", KNOWN, "--update-baseline", *UNUSED)) == (
        *SILENT[:2],
        f"{KNOWN}: 1 finding dropped, 1 kept\n",
    )
    assert said(check("--baseline", KNOWN, *UNUSED)) == SILENT


def test_what_moved_within_its_resource_is_known_and_what_came_before_it_is_new() -> None:
    rule = "eventbridge/no-dead-letter-queue"
    target = "{{Id: {0}, Arn: !GetAtt {0}.Arn}}"
    template = (
        "Resources:\n"
        "  F: {{Type: AWS::Lambda::Function}}\n"
        "  G: {{Type: AWS::Lambda::Function}}\n"
        "  Rule:\n    Type: AWS::Events::Rule\n"
        "    Properties: {{EventPattern: {{source: [shop]}}, Targets: [{}]}}\n"
    )
    put("template.yaml", template.format(target.format("F")))
    args = ("check", "--format", "concise", "--select", rule)
    assert run(*args, "--write-baseline", KNOWN).exit_code == 0
    assert [one["at"] for one in listed()] == ["Properties/Targets/0"]
    put("template.yaml", template.format(f"{target.format('G')}, {target.format('F')}"))

    result = run(*args, "--baseline", KNOWN)

    assert result.stdout.count(rule) == 1
    assert "reach G" in result.stdout


def test_what_stands_at_its_place_is_known_before_what_only_says_the_same() -> None:
    args = ("check", "--format", "concise", "--select", "sqs/no-partial-batch-response")
    put("template.yaml")
    run(*args, "--write-baseline", KNOWN)
    earlier = (
        "        Return: {Type: SQS, Properties: {Queue: !GetAtt Returns.Arn}}\n        Order:"
    )
    more = TEMPLATE.replace("        Order:", earlier)
    put("template.yaml", more + "  Returns: {Type: AWS::SQS::Queue}\n")
    line = more[: more.index("Return:")].count("\n") + 1

    told = run(*args, "--baseline", KNOWN).stdout

    assert re.findall(r"yaml:(\d+):", told) == [str(line)]


def test_line_of_code_is_known_wherever_it_moves() -> None:
    rule = "chain/synchronous-invoke"
    root = Path(__file__).parents[1] / "fixtures" / "sam" / "handlers"
    for path in root.rglob("*"):
        if path.is_file():
            put(f"shop/{path.relative_to(root)}", path.read_text("utf-8"))
    args = ("check", "--format", "concise", "--select", rule, "--ignore", "ignore", "shop")
    assert rule in run(*args).stdout
    assert run(*args, "--write-baseline", KNOWN).exit_code == 0
    assert {one["template"] for one in listed()} == {"shop/template.yaml"}
    assert all(re.match(r"shop/\S+\.\w+: \S", one["at"]) for one in listed())

    for path in Path("shop").rglob("*.py"):
        path.write_text(f"# new\n\n{path.read_text('utf-8')}", "utf-8")

    assert said(run(*args, "--baseline", KNOWN)) == SILENT


def test_stdin_goes_by_its_name() -> None:
    put("app/template.yaml")
    write()

    named = ("-", "--stdin-filename", "app/template.yaml", "--baseline", KNOWN)
    assert said(check(*named, stdin=TEMPLATE)) == SILENT
    assert check(*named, stdin=TEMPLATE.replace("Orders", "Returns")).exit_code == 1
    assert check("-", "--baseline", KNOWN, stdin=TEMPLATE).exit_code == 1
    assert check("-", "--baseline", KNOWN, stdin=REPAIRED).stderr == ""


# --- renamed --------------------------------------------------------------------------------------


def test_renamed_file_is_still_known() -> None:
    put("template.yaml")
    write()
    Path("template.yaml").rename("shop.yaml")

    assert said(check("--baseline", KNOWN)) == SILENT
    assert check("--update-baseline", "--baseline", KNOWN).stderr == (
        f"{KNOWN}: 0 findings dropped, 1 kept\n"
    )
    assert [one["template"] for one in listed()] == ["shop.yaml"]


@pytest.mark.parametrize("other", ["message", "at"])
def test_renamed_file_is_known_by_the_place_or_by_what_is_said(other: str) -> None:
    put("shop.yaml")
    write()
    entry = {**listed()[0], "template": "template.yaml", other: "?"}
    put(KNOWN, json.dumps({"version": 1, "findings": [entry]}))

    assert said(check("--baseline", KNOWN)) == SILENT


def test_what_belongs_to_no_resource_does_not_follow_its_file() -> None:
    listing = f"[{{rule: {SHORT}, reason: just in case}}]"
    text = f"Metadata: {{lambdalint: {{ignore: {listing}}}}}\n{REPAIRED}"
    put("template.yaml", text)
    write(*UNUSED)
    assert [one["resource"] for one in listed()] == [""]
    Path("template.yaml").rename("shop.yaml")

    assert "shop.yaml" in check("--baseline", KNOWN, *UNUSED).stdout


def test_text_without_a_name_is_no_renamed_file() -> None:
    put("template.yaml")
    write()
    Path("template.yaml").unlink()

    assert check("-", "--baseline", KNOWN, stdin=TEMPLATE).exit_code == 1


def test_text_that_was_read_is_not_gone() -> None:
    write("-", "--stdin-filename", "a.yaml", stdin=TEMPLATE)
    put("b.yaml")

    result = check("-", "b.yaml", "--stdin-filename", "a.yaml", "--baseline", KNOWN, stdin=REPAIRED)

    assert result.stdout.startswith("b.yaml")
    assert result.stderr == stale(template="a.yaml")


def test_copy_is_new() -> None:
    put("template.yaml")
    write()
    put("shop.yaml")

    assert "shop.yaml" in check("--baseline", KNOWN).stdout
    assert "shop.yaml" in check("--baseline", KNOWN, "shop.yaml").stdout


def test_file_that_two_others_could_be_is_not_known() -> None:
    put("template.yaml")
    write()
    Path("template.yaml").unlink()
    put("a.yaml")
    put("b.yaml")

    result = check("--baseline", KNOWN)

    assert result.stdout.count(SHORT) == 2
    assert result.stderr == stale()


@pytest.mark.parametrize(("before", "after"), [("services", "apps"), (".", "apps")])
def test_folders_that_moved_with_files_that_are_alike_are_still_known(
    before: str, after: str
) -> None:
    services = ("orders", "returns", "stock/eu", "stock/us")
    for service in services:
        put(f"{before}/{service}/template.yaml")
    write()
    for service in services:
        Path(after, service).parent.mkdir(parents=True, exist_ok=True)
        Path(before, service).rename(Path(after, service))

    assert said(check("--baseline", KNOWN)) == SILENT
    assert check("--update-baseline", "--baseline", KNOWN).stderr == (
        f"{KNOWN}: 0 findings dropped, 4 kept\n"
    )
    assert [one["template"] for one in listed()] == [
        f"apps/{service}/template.yaml" for service in services
    ]


def test_other_resource_in_a_renamed_file_is_new() -> None:
    put("template.yaml")
    write()
    Path("template.yaml").unlink()
    put("shop.yaml", TEMPLATE.replace("Orders", "Returns"))

    assert check("--baseline", KNOWN).exit_code == 1


# --- stale ----------------------------------------------------------------------------------------


def test_what_is_gone_is_told_and_fails_nothing() -> None:
    put("template.yaml")
    put("other.yaml")
    write()
    put("template.yaml", REPAIRED)
    put("other.yaml", REPAIRED)

    result = check("--baseline", KNOWN)

    assert said(result) == (0, "", stale(template="other.yaml", more=" and 1 more"))
    assert said(check("--baseline", KNOWN, "--quiet")) == SILENT


def test_update_drops_what_is_gone_and_adds_nothing() -> None:
    put("template.yaml")
    put("other.yaml")
    write()
    put("template.yaml", REPAIRED)
    put("new.yaml")

    result = check("--baseline", KNOWN, "--update-baseline")

    assert result.exit_code == 1
    assert "new.yaml" in result.stdout
    assert result.stderr == f"{KNOWN}: 1 finding dropped, 1 kept\n"
    assert [one["template"] for one in listed()] == ["other.yaml"]
    assert check("--baseline", KNOWN).stderr == ""


def test_run_on_one_folder_says_nothing_of_others() -> None:
    put("a/template.yaml")
    put("b/template.yaml")
    write()
    put("a/template.yaml", REPAIRED)
    put("b/template.yaml", REPAIRED)

    assert check("--baseline", KNOWN, "a").stderr == stale(template="a/template.yaml")
    assert check("--baseline", KNOWN, "--update-baseline", "a").exit_code == 0
    assert [one["template"] for one in listed()] == ["b/template.yaml"]


def test_file_that_is_gone_is_told_by_every_run() -> None:
    put("a/template.yaml")
    put("b/template.yaml")
    write()
    Path("b/template.yaml").unlink()

    assert check("--baseline", KNOWN, "a").stderr == stale(template="b/template.yaml")


@pytest.mark.parametrize(
    "args",
    [
        ["--select", "sqs/no-dead-letter-queue", "--fail-on", "never"],
        ["--ignore", SHORT],
        ["--parameter", "Stage=dev"],
    ],
    ids=" ".join,
)
def test_run_that_looks_at_less_says_nothing_of_the_rest(args: list[str]) -> None:
    stages = "Parameters:\n  Stage: {Type: String, AllowedValues: [dev, prod]}\n"
    put("template.yaml", stages + TEMPLATE)
    write()
    put("template.yaml", stages + REPAIRED)

    result = run("check", "--baseline", KNOWN, "--select", SHORT, *args)
    if args[0] == "--select":
        result = run("check", "--baseline", KNOWN, *args)

    assert result.stderr == ""
    assert check("--baseline", KNOWN).stderr == stale()


def test_update_with_parameters_drops_nothing_and_says_why() -> None:
    stages = "Parameters:\n  Stage: {Type: String, AllowedValues: [dev, prod]}\n"
    put("template.yaml", stages + TEMPLATE)
    write()
    put("template.yaml", stages + REPAIRED)

    result = check("--baseline", KNOWN, "--update-baseline", "--parameter", "Stage=dev")

    assert "nothing is dropped" in result.stderr
    assert len(listed()) == 1


def test_end_in_another_template_that_was_not_read_says_nothing() -> None:
    stack = "Orders:\n    Type: AWS::SQS::Queue\n    Properties: {VisibilityTimeout: 60}\n"
    export = "Outputs:\n  Q: {Value: !GetAtt Orders.Arn, Export: {Name: orders}}\n"
    put("queue.yaml", f"Resources:\n  {stack}{export}")
    put(
        "function.yaml",
        "Resources:\n" + FULFIL.replace("!GetAtt Orders.Arn", "!ImportValue orders"),
    )
    write()

    assert [one["beside"] for one in listed()] == [["function.yaml"]]
    assert said(check("--baseline", KNOWN, "queue.yaml")) == SILENT
    assert said(check("--baseline", KNOWN)) == SILENT


def test_rule_that_is_no_more_is_stale() -> None:
    put("template.yaml", REPAIRED)
    write()
    entry = {
        "template": "template.yaml",
        "rule": "sqs/gone",
        "resource": "",
        "at": "",
        "message": "",
    }
    put(KNOWN, json.dumps({"version": 1, "findings": [entry]}))

    assert "nothing breaks sqs/gone in template.yaml any more" in check("--baseline", KNOWN).stderr


def test_what_cfn_lint_found_is_stale_only_where_it_was_asked() -> None:
    put("template.yaml", "Resources:\n  Orders: {Type: AWS::SQS::Queue}\n")
    entry = {
        "template": "template.yaml",
        "rule": "cfn-lint/E3002",
        "resource": "Orders",
        "at": "Properties",
        "message": "no such property",
    }
    put(KNOWN, json.dumps({"version": 1, "findings": [entry]}))

    assert check("--baseline", KNOWN).stderr == ""
    assert check("--baseline", KNOWN, "--cfn-lint").stderr == stale().replace(
        SHORT, "cfn-lint/E3002"
    )


def test_run_in_which_a_rule_failed_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from lambdalint.checks import url  # noqa: PLC0415

    def broken(graph: object, **options: object) -> None:
        raise ZeroDivisionError(graph, options)

    put("template.yaml")
    write()
    put("template.yaml", REPAIRED)
    monkeypatch.setattr(url, "public", broken)

    result = check("--baseline", KNOWN, "--extend-select", "url/public")

    assert result.exit_code == 3
    assert "--update-baseline" not in result.stderr


# --- configuration and usage ----------------------------------------------------------------------


def test_configuration_names_a_baseline_beside_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    put("app/template.yaml")
    put("lambdalint.toml", f"baseline = 'ci/{KNOWN}'\n")
    Path("ci").mkdir()
    write(file=f"ci/{KNOWN}")

    assert said(check()) == SILENT
    assert check("--no-config").exit_code == 1
    monkeypatch.chdir("app")
    assert said(check()) == SILENT
    put("template.yaml", REPAIRED)
    assert "1 finding dropped, 0 kept" in check("--update-baseline").stderr


def test_option_beats_the_configuration() -> None:
    put("template.yaml")
    put("lambdalint.toml", "baseline = 'nope.json'\n")

    assert said(write()) == (0, "", f"{KNOWN}: 1 finding written\n")
    assert said(check("--baseline", KNOWN)) == SILENT
    assert check().exit_code == 2


@pytest.mark.parametrize("value", ["''", "3", "['known.json']"])
def test_configured_baseline_is_a_path(value: str) -> None:
    put("template.yaml")
    put("lambdalint.toml", f"baseline = {value}\n")

    assert said(check()) == (
        2,
        "",
        "lambdalint.toml: error: baseline: expected the path of a file\n",
    )


ENTRY = '{"template": "t", "rule": "r", "resource": "", "at": "", "message": ""}'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (None, ": error: there is no such baseline, --write-baseline writes one"),
        ("", ":1:1: error: not JSON: Expecting value"),
        ('{\n<<<<<<< ours\n"version": 1}', ":2:1: error: not JSON: Expecting property name"),
        ("[" * 100_000, ": error: not JSON"),
        ("[]", ": error: is no baseline: expected a version and findings"),
        ('{"findings": []}', ": error: is no baseline: expected a version and findings"),
        ('{"version": 1}', ": error: is no baseline: expected a version and findings"),
        ('{"version": 2, "findings": {}}', ": error: is a baseline of version 2, and only 1 is"),
        (
            f'{{"version": 1, "findings": [{ENTRY}, 3]}}',
            ": error: is no baseline: finding 2 is not",
        ),
        (
            f'{{"version": 1, "findings": [{ENTRY[:-1]}, "beside": "x"}}]}}',
            ": error: is no baseline: finding 1 is not",
        ),
    ],
)
def test_bad_baseline_exits_with_2_and_says_why(text: str | None, complaint: str) -> None:
    put("template.yaml")
    if text is not None:
        put(KNOWN, text)

    result = check("--baseline", KNOWN)

    assert result.exit_code == 2
    assert result.stderr.startswith(KNOWN + complaint)
    assert result.stdout == ""


def test_baseline_that_is_not_text_or_no_file() -> None:
    put("template.yaml")
    Path(KNOWN).write_bytes(b'{"version": "\xff"}')
    Path("folder").mkdir()

    assert said(check("--baseline", KNOWN)) == (2, "", f"{KNOWN}: error: not JSON\n")
    assert check("--baseline", "folder").stderr == "folder: error: is a directory\n"
    assert check("--write-baseline", "folder").stderr == "folder: error: is a directory\n"


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        (
            ["--write-baseline", "a.json", "--baseline", "b.json"],
            "--write-baseline and --baseline exclude each other: the one takes in all",
        ),
        (
            ["--write-baseline", "a.json", "--update-baseline"],
            "--write-baseline and --update-baseline exclude each other",
        ),
        (["--update-baseline"], "--update-baseline: there is none, name it with --baseline"),
        (["--fix", "--write-baseline", "a.json"], "when nothing is to be repaired: repair first"),
        (["--diff", "HEAD", "--write-baseline", "a.json"], "takes in all that is found"),
        (["-", "--write-baseline", "a.json"], "what is found in - needs --stdin-filename"),
    ],
)
def test_options_that_make_no_sense_exit_with_2_and_say_why(
    args: list[str], complaint: str
) -> None:
    result = check(*args, stdin=TEMPLATE)

    assert result.exit_code == 2
    assert complaint in result.stderr
    assert not Path("a.json").exists()
