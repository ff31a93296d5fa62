from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import lambdalint
from lambdalint.cli import FORMATS, READABLE, main
from lambdalint.config import known_rules

SHORT = "sqs/short-visibility-timeout"
TEMPLATE = """\
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 60
  Fulfil:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: !If [IsProd, 30, 5]
      Events:
        Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}
"""
FOUND = "template.yaml:9:7: warning[sqs/short-visibility-timeout] hides a message for 60 s"
SILENT = "Resources:\n  Orders: {Type: AWS::SQS::Queue}\n"
BROKEN = "Resources:\n  Orders: {Type: AWS::SQS::Queue\n"


pytestmark = pytest.mark.usefixtures("home")


def put(path: str, text: str = TEMPLATE) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8")


def run(*args: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, args, input=stdin)


def check(*args: str, stdin: str | None = None) -> Result:
    """One rule, one line a finding."""
    return run("check", "--format", "concise", "--select", SHORT, *args, stdin=stdin)


# --- exit codes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("nothing", ["", " , "])
def test_nothing_is_no_choice_of_rules(nothing: str) -> None:
    put("template.yaml")

    for command in (["check", "--select", nothing], ["explain", nothing]):
        result = run(*command)

        assert (result.exit_code, result.stdout) == (2, "")
        assert "names no rule" in result.stderr


def test_finding_exits_with_1() -> None:
    put("template.yaml")

    result = check("template.yaml")

    assert result.exit_code == 1
    assert result.stdout.startswith(FOUND)
    assert result.stderr == ""


def test_nothing_to_say_exits_with_0() -> None:
    put("template.yaml", SILENT)

    assert (check().exit_code, check().output) == (0, "")


@pytest.mark.parametrize(
    ("fail_on", "status"), [("error", 0), ("warning", 1), ("info", 1), ("never", 0)]
)
def test_fail_on_decides_what_fails(fail_on: str, status: int) -> None:
    put("template.yaml")

    result = check("--fail-on", fail_on)

    assert result.exit_code == status
    assert FOUND in result.stdout


def test_template_that_cannot_be_read_exits_with_2_and_hides_nothing() -> None:
    put("template.yaml")
    put("broken.yaml", BROKEN)

    result = check()

    assert result.exit_code == 2
    assert FOUND in result.stdout
    assert (
        result.stderr == "broken.yaml:3:1: error: broken YAML: did not find expected ',' or '}'\n"
    )


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("nope.yaml", None, "nope.yaml: error: there is no such file or folder"),
        ("empty.yaml", "", "empty.yaml: error: empty"),
        ("compose.yaml", "services: {}\n", "compose.yaml: error: no CloudFormation template"),
        ("*.yaml", None, "*.yaml: error: matches no template"),
    ],
)
def test_named_path_must_lead_to_a_template(path: str, text: str | None, said: str) -> None:
    if text is not None:
        put(path, text)

    result = check(path)

    assert result.exit_code == 2
    assert said in result.stderr


def test_folder_without_templates_is_said_and_no_failure() -> None:
    put("compose.yaml", "services: {}\n")

    result = check(".")

    assert result.exit_code == 0
    assert result.stderr == "warning: no template found in .\n"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--format", "nope"], "is not one of 'text', 'concise', 'json'"),
        (["--selct", "sqs"], "No such option"),
        (["--fail-on", "warn"], "is not one of"),
        (["--select", "sqz"], "--select: there is no rule or family 'sqz', did you mean sqs?"),
        (["--ignore", "sqs/short-visibilty-timeout"], f"did you mean {SHORT}?"),
        (["--parameter", "Stge=prod"], "no template has a parameter 'Stge', did you mean Stage?"),
        (["--parameter", "Stage"], "--parameter: expected NAME=VALUE instead of 'Stage'"),
        (["--parameters-file", "nope.json"], "nope.json: error: no such file"),
        (["--config", "nope.toml"], "nope.toml: error: no such file"),
        (["--config", "a.toml", "--no-config"], "exclude each other"),
        (["--output", "nope/report.txt"], "--output nope/report.txt: No such file"),
    ],
)
def test_bad_usage_exits_with_2_and_says_why(args: list[str], said: str) -> None:
    put("template.yaml")

    result = check(*args)

    assert result.exit_code == 2
    assert said in result.stderr


def test_failure_of_a_rule_exits_with_3_and_hides_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from lambdalint.checks import url  # noqa: PLC0415

    def broken(graph: object, **options: object) -> None:
        raise ZeroDivisionError(graph, options)

    monkeypatch.setattr(url, "public", broken)
    put("template.yaml")
    put("broken.yaml", BROKEN)

    result = check("--extend-select", "url/public")

    assert result.exit_code == 3
    assert FOUND in result.stdout
    assert "rule url/public failed: ZeroDivisionError" in result.stderr
    assert "template.yaml" in result.stderr
    assert "Traceback" not in result.output


# --- what is read ---------------------------------------------------------------------------------


def test_stdin_is_linted_under_the_name_it_is_given() -> None:
    result = check("-", "--stdin-filename", "app/template.yaml", stdin=TEMPLATE)

    assert result.stdout.startswith(f"app/{FOUND}")
    assert check("-", stdin=TEMPLATE).stdout.startswith("<stdin>:9:7: warning")
    assert check("-", stdin="").exit_code == 2


@pytest.mark.parametrize("paths", [("-", "."), (".", "-"), ("template.yaml", "-", ".")])
def test_stdin_counts_instead_of_the_file_that_it_is_named_after(paths: tuple[str, ...]) -> None:
    put("template.yaml", "Resources: {Orders: {Type: AWS::SQS::Queue}}\n")
    args = ("--stdin-filename", "template.yaml", *paths)

    assert check(*args, stdin=TEMPLATE).stdout.startswith(FOUND)
    fixed = check("--fix", "--unsafe-fixes", *args, stdin=TEMPLATE)
    assert fixed.stdout.partition("\n")[0] == TEMPLATE.partition("\n")[0]
    assert Path("template.yaml").read_text("utf-8").startswith("Resources: {Orders")


def test_folder_and_file_say_the_same() -> None:
    put("a/template.yaml")

    assert check("a").output == check("a/template.yaml").output == check().output


def test_exclude_is_relative_to_where_it_is_said() -> None:
    put("a/legacy/template.yaml")
    put("lambdalint.toml", 'exclude = ["/a/legacy/"]\n')

    assert check("a").exit_code == 0
    assert check("--no-config", "a").exit_code == 1
    assert check("--no-config", "--exclude", "legacy", "a").exit_code == 0


def test_exclude_counts_through_a_link_to_the_working_folder(home: Path) -> None:
    put("tests/template.yaml")
    put("template.yaml")
    put("lambdalint.toml", 'exclude = ["tests/"]\n')
    link = home.parent / f"{home.name}-link"
    link.symlink_to(home)

    plain = check(".")

    assert plain.stdout.count("template.yaml:") == 1
    for path in (link, link / "template.yaml", f"{link}/*.yaml", link / "tests" / ".."):
        assert check(str(path)).stdout == plain.stdout
    assert check("--only-templates", str(link / "tests" / "template.yaml")).stdout == ""


def test_stack_of_an_assembly_has_its_name() -> None:
    artifact = {
        "type": "aws:cloudformation:stack",
        "properties": {"templateFile": "Shop.template.json", "stackName": "shop-prod"},
    }
    put("cdk.out/manifest.json", json.dumps({"artifacts": {"Shop": artifact}}))
    put("cdk.out/Shop.template.json")

    report = json.loads(run("check", "--format", "json", "--select", SHORT, "cdk.out").stdout)

    assert [finding["stack"] for finding in report["findings"]] == ["shop-prod"]


# --- parameters -----------------------------------------------------------------------------------


def test_given_parameter_settles_what_depends_on_it() -> None:
    put("template.yaml")

    assert "when Stage = prod" in check().stdout
    assert "when" not in check("--parameter", "Stage=prod").stdout
    assert check("--parameter", "Stage=dev").exit_code == 0


def test_nearer_value_of_a_parameter_wins() -> None:
    put("template.yaml")
    put("samconfig.toml", "[default.deploy.parameters]\nparameter_overrides = 'Stage=dev'\n")
    assert check().exit_code == 0

    put("lambdalint.toml", "[parameters]\nStage = 'prod'\n")
    assert check().exit_code == 1

    put("p.json", '{"Stage": "dev", "Other": "x"}')
    assert check("--parameters-file", "p.json").exit_code == 0
    assert check("--parameters-file", "p.json", "--parameter", "Stage=prod").exit_code == 1


def test_broken_samconfig_is_a_problem_and_hides_nothing() -> None:
    put("template.yaml")
    put("samconfig.toml", "[")

    result = check()

    assert result.exit_code == 2
    assert result.stderr.startswith("samconfig.toml: error: ")
    assert FOUND in result.stdout


# --- configuration --------------------------------------------------------------------------------


def test_file_selects_weighs_and_sets_options() -> None:
    put("template.yaml")
    put("pyproject.toml", f"[tool.lambdalint.rules.'{SHORT}']\nseverity = 'error'\nfactor = 3\n")

    assert f"error[{SHORT}] hides a message for 60 s, needs 3 × 30 s" in check().stdout
    assert "needs 6 × 30 s" in check("--no-config").stdout

    put("lambdalint.toml", f"select = ['sqs']\nignore = ['{SHORT}']\nfail-on = 'never'\n")
    result = run("check", "--format", "concise")
    assert "sqs/no-dead-letter-queue" in result.stdout
    assert SHORT not in result.stdout
    assert result.exit_code == 0
    assert check().stdout.startswith(FOUND)
    assert check("--fail-on", "warning").exit_code == 1


def test_bad_configuration_exits_with_2_and_names_file_and_key() -> None:
    put("template.yaml")
    put("pyproject.toml", "[tool.lambdalint]\nselct = []\n")

    result = check()

    assert result.exit_code == 2
    assert result.stderr == "pyproject.toml: error: unknown key 'selct', did you mean select?\n"
    assert check("--no-config").exit_code == 1


# --- reports --------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_tells_the_finding_on_stdout_and_in_a_file(format: str) -> None:
    put("template.yaml")

    shown = run("check", "--format", format)
    written = run("check", "--format", format, "--output", "report")

    assert SHORT in shown.stdout
    assert Path("report").read_text("utf-8") == shown.stdout
    assert (written.stdout, written.exit_code) == ("", 1)


@pytest.mark.parametrize("format", sorted({*FORMATS} - READABLE))
def test_formats_for_programs_hold_their_problems(format: str) -> None:
    put("broken.yaml", BROKEN)

    result = run("check", "--format", format)

    assert result.exit_code == 2
    assert "broken YAML" in result.stdout
    assert result.stderr == ""


def test_text_that_is_for_people_has_its_problems_on_stderr_only() -> None:
    put("broken.yaml", BROKEN)

    result = run("check")

    assert result.stdout == ""
    assert "broken.yaml:3:1" in result.stderr


def test_unknown_things_are_listed_on_request() -> None:
    put("template.yaml", f"Transform: OurMacro\n{TEMPLATE}")

    assert "OurMacro" not in check().stdout
    assert "OurMacro" in check("--show-unknown").stdout
    report = json.loads(run("check", "--format", "json").stdout)
    assert [unknown["reason"] for unknown in report["unknown"]] == [
        "what the macro OurMacro changes is unknown"
    ]


def test_parameter_and_source_that_nobody_knows_are_unknown_things() -> None:
    source = "Resources:\n  M:\n    Type: AWS::Lambda::EventSourceMapping\n    Properties: "
    put(
        "template.yaml",
        "Parameters: {Q: {Type: String}}\n"
        f"{source}{{EventSourceArn: !Ref Q, FunctionName: !Ref F}}\n"
        "  F: {Type: AWS::Lambda::Function}\n",
    )

    said = check("--show-unknown").stdout

    assert "Q may be anything: --parameter Q=" in said
    assert "the trigger has a source that the template does not tell" in said
    assert "Q may be" not in check("--show-unknown", "--parameter", "Q=x").stdout


def test_statistics_count_instead_of_showing() -> None:
    put("template.yaml")
    put("other.yaml")

    result = check("--statistics")

    assert result.exit_code == 1
    assert result.stdout.split()[:3] == ["2", "warning", SHORT]
    assert result.stdout.endswith(
        "\n\n2 warnings in 2 templates\ncan be repaired: 2 with --fix --unsafe-fixes\n"
    )
    assert "needs --format text" in run("check", "--statistics", "--format", "json").stderr


def test_quiet_leaves_out_what_is_no_finding() -> None:
    put("template.yaml")
    put("broken.yaml", BROKEN)

    loud, quiet = (run("check", "--select", SHORT, *args) for args in ([], ["--quiet"]))

    counted = "1 warning in 1 template\ncan be repaired: 1 with --fix --unsafe-fixes\n"
    assert loud.stdout == f"{quiet.stdout}\n{counted}"
    assert loud.stderr == quiet.stderr
    assert (loud.exit_code, quiet.exit_code) == (2, 2)
    Path("empty").mkdir()
    assert run("check", "--quiet", "empty").output == ""
    assert run("triggers", "--quiet", "empty").output == ""
    assert run("graph", "--quiet", "empty").stderr == ""


@pytest.mark.parametrize(
    ("args", "env", "coloured"),
    [
        ([], {}, False),
        (["--color"], {}, True),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "0"}, False),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color"], {"NO_COLOR": "1"}, True),
        (["--no-color"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_follows_option_environment_and_terminal(
    args: list[str], env: dict[str, str], *, coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("template.yaml")
    for name, value in env.items():
        monkeypatch.setenv(name, value)

    assert ("\x1b[" in run("check", *args).stdout) is coloured


@pytest.mark.parametrize("command", ["check", "triggers", "rules", f"explain {SHORT}"])
def test_every_command_for_people_follows_the_environment(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("template.yaml")
    plain = run(*command.split()).stdout
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = run(*command.split()).stdout
    monkeypatch.setenv("NO_COLOR", "1")

    assert "\x1b[" not in plain
    assert "\x1b[" in coloured
    assert run(*command.split()).stdout == plain


@pytest.mark.parametrize(
    "command",
    [
        *(f"check --format {name}" for name in FORMATS if name != "text"),
        *("graph --format mermaid", "graph --format dot", "graph --format json"),
        *(f"triggers --format {name}" for name in ("markdown", "csv", "json")),
        *("rules --format json", f"explain {SHORT} --format json"),
        "check --output report.txt",
    ],
)
def test_what_is_for_programs_is_never_coloured(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("template.yaml")
    monkeypatch.setenv("FORCE_COLOR", "1")

    shown = run(*command.split()).stdout
    written = Path("report.txt").read_text("utf-8") if "--output" in command else ""

    assert shown or written
    assert "\x1b" not in shown + written


def test_control_characters_of_a_template_never_reach_the_terminal() -> None:
    put("template.yaml", TEMPLATE.replace("Orders", '"Ord\\x1b[31mers"'))
    put("bro\x1bken.yaml", BROKEN)

    result = run("check", "--show-unknown", ".", "no\x1bpe.yaml")

    assert "\x1b" not in result.output


# --- explain, rules -------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", known_rules())
def test_every_rule_can_be_explained(rule: str) -> None:
    result = run("explain", rule)

    assert result.exit_code == 0
    assert result.stdout.startswith("# ")
    assert f"`{rule}`" in result.stdout


def test_unknown_rule_is_answered_with_a_suggestion() -> None:
    result = run("explain", "sqs/short-visibilty-timeout")

    assert result.exit_code == 2
    assert result.stderr == (
        f"error: there is no rule or family 'sqs/short-visibilty-timeout', did you mean {SHORT}?\n"
    )
    assert "did you mean" in run("explain", "short-visibility-timeout").stderr


def test_several_rules_and_families_are_explained_at_once() -> None:
    shown = run("explain", "sns", f"{SHORT},url/public", SHORT).stdout
    sns = [id for id in known_rules() if id.startswith("sns/")]

    named = [line.split("`")[1] for line in shown.splitlines() if " by default" in line[:80]]
    assert [id for id in named if "/" in id] == [*sns, SHORT, "url/public"]
    assert "did you mean sns?" in run("explain", "snss").stderr
    assert run("explain").exit_code == 2


def test_rules_are_explained_to_programs() -> None:
    (rule,) = json.loads(run("explain", SHORT, "--format", "json").stdout)["rules"]
    listed = json.loads(run("rules", "--format", "json").stdout)["rules"]

    assert rule["id"] == SHORT
    assert rule["page"].startswith("# ")
    assert {"name": "factor", "default": 6, "choices": None} in rule["options"]
    del rule["page"]
    assert rule in listed


def test_page_is_drawn_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")

    assert "\x1b[" in run("explain", SHORT).stdout
    assert "\x1b[" in run("rules").stdout


def test_rules_are_listed_one_a_line_in_columns() -> None:
    lines = run("rules").stdout.splitlines()

    assert [line.split()[0] for line in lines] == list(known_rules())
    (short,) = (line for line in lines if line.startswith(SHORT))
    assert short.split()[1:3] == ["warning", "on"]
    assert short.endswith("A queue hides its messages too briefly for its function")


def test_version_and_help_are_told() -> None:
    assert run("--version").stdout == f"lambdalint {lambdalint.__version__}\n"
    for args in (("--help",), ("check", "-h"), ("explain", "--help"), ("rules", "--help")):
        assert run(*args).stdout.startswith("Usage: ")
    assert "Exit codes:" in run("check", "--help").stdout


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("che", "check"),
        ("check --fo", "--format"),
        ("check --format ju", "junit"),
        ("check --select sqs/sho", SHORT),
        ("explain sn", "sns"),
        ("explain --format js", "json"),
    ],
)
def test_shell_is_told_how_to_go_on(words: str, offered: str) -> None:
    *before, begun = ["lambdalint", *words.split()]
    env = {
        "_LAMBDALINT_COMPLETE": "zsh_complete",
        "COMP_WORDS": " ".join([*before, begun]),
        "COMP_CWORD": str(len(before)),
    }

    result = CliRunner().invoke(main, env=env, prog_name="lambdalint")

    assert offered in result.stdout.splitlines()


# --- as a process ---------------------------------------------------------------------------------


def _process(*args: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "lambdalint", *args],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(lambdalint.__file__).parents[1]), **env},
    )


def test_terminal_without_our_characters_gets_others() -> None:
    put("template.yaml")

    result = _process("check", "--select", SHORT, PYTHONIOENCODING="iso8859-5")

    assert result.returncode == 1
    assert rb"needs 6 \xd7 30 s" in result.stdout


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_change_nothing_else(closed: str) -> None:
    put("template.yaml")
    env = {**os.environ, "PYTHONPATH": str(Path(lambdalint.__file__).parents[1])}
    shell = ["bash", "-c", f'"$0" -m lambdalint check --select {SHORT} --format text=told {closed}']

    ended = subprocess.run([*shell, sys.executable], check=False, env=env)

    assert ended.returncode == 1
    assert SHORT in Path("told").read_text("utf-8")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
@pytest.mark.parametrize("command", ["check", "rules", "explain sqs", "graph", "triggers"])
def test_report_that_cannot_be_written_exits_with_2(command: str) -> None:
    put("template.yaml")
    words = [sys.executable, "-m", "lambdalint", *command.split()]
    env = {**os.environ, "PYTHONPATH": str(Path(lambdalint.__file__).parents[1])}

    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, check=False, env=env)

    assert ended.returncode == 2
    assert ended.stderr.endswith(b"error: stdout: no space left on device\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps the folder somebody is in")
@pytest.mark.parametrize("command", ["check", "triggers", "graph"])
def test_working_folder_that_is_no_more_is_told(home: Path, command: str) -> None:
    (home / "gone").mkdir()
    script = f'cd gone; rmdir "$PWD"; exec "$0" -m lambdalint {command} {home}'
    env = {**os.environ, "PYTHONPATH": str(Path(lambdalint.__file__).parents[1])}

    shell = ["bash", "-c", script, sys.executable]
    ended = subprocess.run(shell, capture_output=True, check=False, env=env)

    assert ended.returncode == 2
    assert ended.stderr.startswith(b"error: the working folder cannot be read: no such file")


def test_reader_who_leaves_early_is_not_bothered() -> None:
    put("template.yaml", TEMPLATE)
    command = [sys.executable, "-m", "lambdalint", "explain", SHORT]
    env = {**os.environ, "PYTHONPATH": str(Path(lambdalint.__file__).parents[1])}
    reading, writing = os.pipe()
    os.close(reading)
    with subprocess.Popen(command, stdout=writing, stderr=subprocess.PIPE, env=env) as process:
        os.close(writing)
        _, said = process.communicate()

    assert said == b""
