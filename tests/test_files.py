from __future__ import annotations

import io
import json
import os
import socket
import sys
from pathlib import Path

import pytest

from lambdalint.files import MAX_BYTES, Ignore, TextFile, collect, looks_like_template

TEMPLATE = "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n"


@pytest.fixture(autouse=True)
def repository(home: Path) -> Path:
    """The working folder, a repository of its own."""
    (home / ".git").mkdir()
    return home


def put(path: str, text: str | bytes = TEMPLATE) -> None:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())


def found(*paths: str, exclude: tuple[str, ...] = ()) -> list[str]:
    return [one.file for one in collect(paths or (".",), exclude=[Ignore.of(exclude, ".")])]


def test_folder_gives_its_templates_in_order_whatever_the_suffix() -> None:
    for name in ("b/z.yml", "b/a.template", "a.yaml", "c.json", "notes.txt", "app.py"):
        put(name, '{"Resources": {"A": {"Type": "AWS::SQS::Queue"}}}' if ".j" in name else TEMPLATE)

    assert found() == ["a.yaml", "b/a.template", "b/z.yml", "c.json"]


def test_what_is_no_template_is_passed_over_in_a_folder_and_taken_when_named() -> None:
    put("compose.yaml", "services: {web: {image: nginx}}\n")

    assert found() == []
    assert found("compose.yaml") == ["compose.yaml"]
    assert collect(["compose.yaml"])[0].named


@pytest.mark.parametrize(
    "text",
    [
        b"Resources:\n  A:\n    Type: AWS::SQS::Queue\n",
        b"AWSTemplateFormatVersion: '2010-09-09'\r\nResources:\r\n  A:\r\n    Type: AWS::SQS::Queue\r\n",
        b'"Resources" : {"A": {"Type" : "Custom::Thing"}}',
        b"Resources:\n  A: {Type: 'Alexa::ASK::Skill'}\n",
        b"Resources:\n  A: {Type: &queue AWS::SQS::Queue}\n",
        b'\n{ "Description": "x", "Resources"\n: {"A": {"Type":\n"AWS::SQS::Queue"}}}',
        b"{Resources: {A: {Type: AWS::SQS::Queue}}}",
        "\ufeffResources:\n  A: {Type: AWS::SQS::Queue}\n".encode(),
        "Resources:\n  A: {Type: AWS::SQS::Queue}\n".encode("utf-16"),
    ],
)
def test_every_spelling_of_a_template_looks_like_one(text: bytes) -> None:
    assert looks_like_template(text)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"services:\n  web: {image: nginx}\n",
        b"resources:\n  Resources:\n    A: {Type: AWS::SQS::Queue}\n",  # serverless.yml
        b'{"Resources": ["Type", "AWS::SQS::Queue"]}',
        b"MyResources:\n  A: {Type: AWS::SQS::Queue}\n",
        b"Resources:\n  A: {MyType: AWS::SQS::Queue}\n",
    ],
)
def test_other_texts_do_not(text: bytes) -> None:
    assert not looks_like_template(text)


@pytest.mark.parametrize(
    "folder",
    ["node_modules/x", ".git", ".aws-sam/build", "src/__pycache__", "dist", "a/.serverless"],
)
def test_what_tools_make_is_skipped_unless_named(folder: str) -> None:
    put(f"{folder}/template.yaml")

    assert found() == []
    assert found(folder) == [f"{folder}/template.yaml"]
    assert found(f"{folder}/template.yaml") == [f"{folder}/template.yaml"]


def test_virtual_environment_is_skipped_by_what_is_in_it() -> None:
    put("env/pyvenv.cfg", "home = /usr\n")
    put("env/lib/template.yaml")

    assert found() == []


@pytest.mark.parametrize(
    ("pattern", "ignored", "kept"),
    [
        ("build/", "build/t.yaml", "builder/t.yaml"),
        ("build/", "a/b/build/t.yaml", "a/b/t.yaml"),
        ("/out", "out/t.yaml", "a/out/t.yaml"),
        ("a/out", "a/out/t.yaml", "b/a/out/t.yaml"),
        ("*.gen.yaml", "a/t.gen.yaml", "a/t.yaml"),
        ("gen-?.yaml", "gen-1.yaml", "gen-12.yaml"),
        ("gen-[0-9].yaml", "gen-1.yaml", "gen-x.yaml"),
        ("gen-[!0-9].yaml", "gen-x.yaml", "gen-1.yaml"),
        ("**/out/t.yaml", "a/b/out/t.yaml", "a/b/t.yaml"),
        ("a/**/t.yaml", "a/b/c/t.yaml", "b/t.yaml"),
        ("a/**", "a/b/t.yaml", "b/t.yaml"),
        ("a/*", "a/b/t.yaml", "b/a/t.yaml"),
        ("/**/**/out", "a/b/out/t.yaml", "a/b/t.yaml"),
        ("*a*b*.yaml", "xaxbx.yaml", "xbxax.yaml"),
        ("**/a*/**/b*/t.yaml", "a/a1/c/b/t.yaml", "b/a1/c/t.yaml"),
        (r"\#t.yaml", "#t.yaml", "t.yaml"),
        ("t.yaml  ", "t.yaml", "tt.yaml"),
        ("t.yaml/", "t.yaml/t.yml", "a/t.yaml"),
        ("# t.yaml\n[z-a]\n*.yaml\n!keep.yaml", "t.yaml", "keep.yaml"),
    ],
)
def test_gitignore_is_read_as_git_reads_it(pattern: str, ignored: str, kept: str) -> None:
    put(".gitignore", f"{pattern}\n")
    put(ignored)
    put(kept)

    assert found() == [kept]


@pytest.mark.parametrize("pattern", ["*a" * 40 + "b", "**/a/" * 40 + "b", "**/*a*a/" * 20 + "b"])
def test_pattern_of_many_stars_does_not_take_forever(pattern: str) -> None:
    put(".gitignore", f"{pattern}\n")
    put("a/" * 40 + "a" * 200 + ".yaml")

    assert len(found()) == 1


def test_inner_gitignore_beats_the_outer_one() -> None:
    put(".gitignore", "*.gen.yaml\n")
    put("a/.gitignore", "!kept.gen.yaml\nown.yaml\n")
    for name in ("t.gen.yaml", "a/t.gen.yaml", "a/kept.gen.yaml", "a/own.yaml", "own.yaml"):
        put(name)

    assert found() == ["a/kept.gen.yaml", "own.yaml"]


def test_gitignore_of_the_repository_holds_in_its_folders() -> None:
    put(".gitignore", "/a/gen\n*.tmp.yaml\n")
    put(".git/info/exclude", "private.yaml\n")
    for name in ("a/gen/t.yaml", "a/t.tmp.yaml", "a/private.yaml", "a/t.yaml"):
        put(name)

    assert found("a") == ["a/t.yaml"]


def test_exclude_holds_in_folders_and_not_for_what_is_named() -> None:
    put("legacy/t.yaml")
    put("t.yaml")

    assert found(exclude=("legacy/",)) == ["t.yaml"]
    assert found("legacy/t.yaml", exclude=("legacy/",)) == ["legacy/t.yaml"]


def test_glob_narrows_a_walk() -> None:
    for name in ("a/t.yaml", "a/u.yml", "b/c/t.yaml", "b/odd.cfn", "node_modules/t.yaml"):
        put(name)

    assert found("*/t.yaml") == ["a/t.yaml"]
    assert found("**/t.yaml") == ["a/t.yaml", "b/c/t.yaml"]
    assert found("b*") == ["b/c/t.yaml"]
    assert found("b/*.cfn") == ["b/odd.cfn"]
    assert found(f"{Path.cwd().as_posix()}/a/*.y*ml") == ["a/t.yaml", "a/u.yml"]


def test_file_whose_name_looks_like_a_glob_is_a_file() -> None:
    put("t[1].yaml")
    put("t1.yaml")

    assert found("t[1].yaml") == ["t[1].yaml"]


@pytest.mark.parametrize("path", ["nope.yaml", "nope/", "*.yaml", "nope/*.yaml"])
def test_path_that_leads_nowhere_is_refused(path: str) -> None:
    (one,) = collect([path])

    assert one.refused
    assert one.named


def test_file_is_taken_once_however_often_it_is_found() -> None:
    put("a/t.yaml")

    (one,) = collect([".", "a/../a/t.yaml", str(Path("a/t.yaml").absolute()), "a/*.yaml"])

    assert one == TextFile("a/t.yaml", TEMPLATE, named=True)


def test_path_outside_the_working_folder_is_shown_as_it_was_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put("a/t.yaml")
    put("b/x.txt", "")
    outside = Path("a").absolute().as_posix()
    monkeypatch.chdir("b")

    assert found("../a") == ["../a/t.yaml"]
    assert found(outside) == [f"{outside}/t.yaml"]


def test_links_are_not_followed_and_cannot_trap(tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.yaml").write_text(TEMPLATE)
    put("a/t.yaml")
    Path("a/out").symlink_to(outside)
    Path("a/secret.yaml").symlink_to(outside / "secret.yaml")
    Path("a/loop").symlink_to(Path.cwd())

    assert found() == ["a/t.yaml"]
    assert found("a/secret.yaml") == ["a/secret.yaml"]


def test_pipes_are_not_waited_for() -> None:
    os.mkfifo("t.yaml")

    assert found() == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_with_a_byte_order_mark_is_read(encoding: str) -> None:
    put("t.yaml", f"# Größe\n{TEMPLATE}".encode(encoding))

    (one,) = collect(["."])

    assert one.text.endswith(TEMPLATE)
    assert not one.refused


def test_what_is_not_utf_8_is_refused_where_it_is_not() -> None:
    put("t.yaml", b"A: 1\nB: Gr\xf6\xdfe\n" + TEMPLATE.encode())
    put("u.yaml", b"A: Gr\xf6\xdfe\n")

    (one,) = collect(["."])
    assert (one.file, one.line, one.column) == ("t.yaml", 2, 6)
    assert "UTF-8" in one.refused
    assert collect(["u.yaml"])[0].refused


def test_file_that_is_too_long_is_refused() -> None:
    put("t.yaml", TEMPLATE.encode() + b"#" * MAX_BYTES)

    assert [one.refused for one in collect(["."])] == ["longer than 20,000,000 bytes"]


def test_file_that_may_not_be_read_is_refused() -> None:
    with socket.socket(socket.AF_UNIX) as bound:  # nobody may read a socket, not even root
        bound.bind("t.yaml")

    assert [one.refused for one in collect(["t.yaml"])] == ["no such device or address"]


def test_stdin_is_a_file_with_any_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEMPLATE.encode())))

    assert collect(["-"], stdin_filename="a/t.yaml") == [
        TextFile("a/t.yaml", TEMPLATE, named=True, is_stdin=True)
    ]


# --- CDK ------------------------------------------------------------------------------------------


def assembly(folder: str, artifacts: object) -> None:
    put(f"{folder}/manifest.json", json.dumps({"version": "36.0.0", "artifacts": artifacts}))
    put(f"{folder}/cdk.out", '{"version": "36.0.0"}')


def stack(template: str, **more: str) -> dict[str, object]:
    properties = {"templateFile": template, **more}
    return {"type": "aws:cloudformation:stack", "properties": properties}


def test_assembly_gives_the_stacks_of_its_manifest_though_it_is_ignored() -> None:
    put(".gitignore", "cdk.out/\n*.json\n")
    put("app/cdk.out/Shop.template.json")
    put("app/cdk.out/Stale.template.json")
    put("app/cdk.out/asset.1/template.json")
    assembly(
        "app/cdk.out",
        {
            "Shop123": stack("Shop.template.json", stackName="Shop"),
            "Shop.assets": {"type": "cdk:asset-manifest", "properties": {"file": "x.json"}},
            "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}},
        },
    )

    (one,) = collect(["."])
    assert (one.file, one.stack and one.stack.name) == ("app/cdk.out/Shop.template.json", "Shop")
    assert not one.named
    for paths in (["app/cdk.out"], ["app/cdk.out/*.template.json"]):
        (again,) = collect(paths)
        assert (again.file, again.stack and again.stack.name) == (one.file, "Shop")


def test_stages_are_assemblies_in_the_assembly() -> None:
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}
    trap = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}
    put("cdk.out/Shop.template.json")
    put("cdk.out/assembly-Prod/Prod1.template.json")
    assembly("cdk.out", {"Shop": stack("Shop.template.json"), "assembly-Prod": stage})
    assembly(
        "cdk.out/assembly-Prod",
        {"Prod1": stack("Prod1.template.json", stackName="Prod-Shop"), "trap": trap},
    )

    assert [(one.file, one.stack and one.stack.name) for one in collect(["."])] == [
        ("cdk.out/Shop.template.json", "Shop"),
        ("cdk.out/assembly-Prod/Prod1.template.json", "Prod-Shop"),
    ]


def test_assembly_elsewhere_is_known_by_its_marker() -> None:
    put("out/Shop.template.json")
    put("out/Other.json")
    assembly("out", {"Shop": stack("Shop.template.json")})
    put("site/manifest.json", '{"name": "a web app"}')
    put("site/t.yaml")

    assert found() == ["out/Shop.template.json", "site/t.yaml"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"artifacts": 3}', '{"artifacts": ["x"]}', "["])
def test_broken_manifest_is_refused(text: str) -> None:
    put("cdk.out/manifest.json", text)

    assert [(one.file, bool(one.refused)) for one in collect(["."])] == [
        ("cdk.out/manifest.json", True)
    ]


@pytest.mark.parametrize("name", ["../t.yaml", "/etc/passwd", "link.json", "missing.json"])
def test_stack_outside_the_assembly_or_not_there_is_refused(name: str) -> None:
    put("t.yaml", "")
    assembly("cdk.out", {"Shop": stack(name)})
    Path("cdk.out/link.json").symlink_to("/etc/passwd")

    (one,) = collect(["."])

    assert "Shop" in one.refused
    assert not one.text


def test_artifacts_of_odd_types_are_passed_over() -> None:
    assembly("cdk.out", {"A": 3, "B": {"type": "aws:cloudformation:stack"}, "C": stack(3)})  # type: ignore[arg-type]

    assert found() == []


# --- only templates -------------------------------------------------------------------------------


def test_named_files_that_are_no_templates_are_passed_over(home: Path) -> None:
    (home / "compose.yaml").write_text("services: {}\n")
    (home / "broken.yaml").write_text("{\n")
    (home / "template.yaml").write_text("Resources: {Q: {Type: AWS::SQS::Queue}}\n")
    named = ["compose.yaml", "broken.yaml", "template.yaml", "nowhere.yaml"]

    found = collect(named, only_templates=True)

    assert [file.file for file in found] == ["template.yaml", "nowhere.yaml"]


@pytest.mark.parametrize(
    "pattern", ["drafts/", "drafts", "*.yaml", "drafts/**", "d*/template.yaml"]
)
def test_named_files_that_are_excluded_are_passed_over(home: Path, pattern: str) -> None:
    (home / "drafts").mkdir()
    (home / "drafts" / "template.yaml").write_text("Resources: {Q: {Type: AWS::SQS::Queue}}\n")
    exclude = [Ignore.of([pattern], ".")]

    assert collect(["drafts/template.yaml"], exclude=exclude, only_templates=True) == []
    assert len(collect(["drafts/template.yaml"], exclude=exclude)) == 1
    assert len(collect(["drafts/template.yaml"], only_templates=True)) == 1
