"""What sinks send, and that no text gets out of its place in it."""

import json
import os
import signal
import sys
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.eventbridge.notification import Notification
from emulator.eventbridge.sinks import SinkError, sink_of
from emulator.eventbridge.sinks.command import Command
from emulator.eventbridge.sinks.files import Files
from emulator.eventbridge.sinks.mail import message_of
from emulator.eventbridge.sinks.webhook import Webhook, payload
from emulator.eventbridge.sinks.wording import LONGEST_BODY, body, title
from emulator.model.notification_targets import TargetKind
from emulator.model.sinks import (
    CommandSink,
    DesktopSink,
    MailSink,
    WebhookFormat,
    WebhookSink,
)
from tests.builders import NOON
from tests.webhook import webhook

HOSTILE = 'a\r\nBcc: x@y\r\n\r\n<!channel> <b>&amp; \x1b]0;t\x07 \u202egnp.exe "; rm -rf /'


def notice(text: str, *, name: str = "alerts", rule: str = "alert") -> Notification:
    """Return a notification of a topic."""
    return Notification(
        kind=TargetKind.SNS,
        name=name,
        arn=f"arn:aws:sns:x:0:{name}",
        rule=rule,
        target_id="1",
        event={"id": "e-1", "detail": {"text": text}},
        text=text,
        at=NOON,
    )


def test_a_title_is_one_line_and_nothing_in_a_body_commands() -> None:
    assert title(notice(HOSTILE, name="a\r\nb")) == "[ecs-local] alert: sns a  b"
    assert "\x1b" not in body(notice(HOSTILE))
    assert "\u202e" not in body(notice(HOSTILE))


def test_a_text_that_is_a_json_string_is_shown_as_what_it_says() -> None:
    assert body(notice('"夜間バッチ\\n失敗"')) == "夜間バッチ\n失敗"
    assert body(notice('"half')) == '"half'
    assert len(body(notice("x" * 10_000))) == LONGEST_BODY + 1


@given(st.text())
def test_a_mail_has_its_own_headers_only_whatever_the_text(text: str) -> None:
    configuration = MailSink(to=("ops@example.test",), sender="me@example.test")
    data = message_of(notice(text, name=text, rule=text), configuration).as_bytes()
    mail = message_from_bytes(data, policy=policy.default)
    assert mail.keys() == [
        *("Subject", "From", "To", "Date", "Message-ID", "Content-Type"),
        *("Content-Transfer-Encoding", "MIME-Version"),
    ]
    assert mail["To"] == "ops@example.test"
    assert mail["Subject"].startswith("[ecs-local] ")


def test_slack_gets_no_mention_no_link_and_no_markup_of_ours() -> None:
    document = payload(notice(HOSTILE), WebhookFormat.SLACK)
    text = document["text"]
    assert "<" not in text
    assert "&lt;!channel&gt;" in text
    assert text.startswith("[ecs-local] alert: sns alerts\n")
    assert document["mrkdwn"] is False


def test_a_generic_webhook_gets_the_message_as_it_is_and_the_event() -> None:
    document = payload(notice(HOSTILE), WebhookFormat.JSON)
    assert document["message"] == HOSTILE
    assert document["event"]["id"] == "e-1"
    assert (document["kind"], document["name"], document["rule"]) == ("sns", "alerts", "alert")


def test_a_webhook_posts_with_its_headers_and_japanese_arrives() -> None:
    with webhook() as (url, got):
        sink = Webhook(WebhookSink(url=url, headers={"X-Team": "batch"}))
        sink.deliver(notice("夜間バッチ"))
    (posted,) = got
    assert (posted.headers["X-Team"], posted.document["message"]) == ("batch", "夜間バッチ")


@pytest.mark.parametrize(
    ("answer", "final"), [(404, True), (307, True), (429, False), (503, False)]
)
def test_a_refusal_says_whether_another_time_may_help(answer: int, final: bool) -> None:
    with webhook(answer) as (url, _):
        sink = Webhook(WebhookSink(url=url))
        with pytest.raises(SinkError, match=f"answered {answer}") as caught:
            sink.deliver(notice("x"))
    assert caught.value.final is final
    assert "secret-path" not in sink.label + str(caught.value)


def test_nobody_there_may_be_there_another_time() -> None:
    with pytest.raises(SinkError, match="cannot be reached") as caught:
        Webhook(WebhookSink(url="http://127.0.0.1:1/")).deliver(notice("x"))
    assert not caught.value.final


def _python(script: str, *words: str) -> Command:
    return Command(CommandSink(command=(sys.executable, "-c", script, *words)))


def test_a_command_gets_the_text_on_stdin_and_its_arguments_as_they_are(tmp_path: Path) -> None:
    script = (
        "import os, sys, json; from pathlib import Path; "
        "Path(sys.argv[1]).write_text(json.dumps([sys.stdin.buffer.read().decode(), "
        "sys.argv[2], os.environ['ECS_LOCAL_NAME']]))"
    )
    out = tmp_path / "out"
    _python(script, str(out), "$(touch pwned); `id`").deliver(notice(HOSTILE))
    assert json.loads(out.read_text()) == [HOSTILE, "$(touch pwned); `id`", "alerts"]


def test_a_command_that_fails_says_what_it_said() -> None:
    with pytest.raises(SinkError, match="exited with 3: no") as caught:
        _python("import sys; sys.stderr.write('no'); sys.exit(3)").deliver(notice("x"))
    assert not caught.value.final


def test_a_command_that_is_not_there_is_not_tried_again() -> None:
    with pytest.raises(SinkError, match="cannot be started") as caught:
        Command(CommandSink(command=("/nowhere/program",))).deliver(notice("x"))
    assert caught.value.final


def test_a_command_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emulator.eventbridge.sinks.command.TIMEOUT_SECONDS", 0.2)
    with pytest.raises(SinkError, match="was killed"):
        _python("import time; time.sleep(600)").deliver(notice("x"))


def test_a_command_is_over_when_it_ends_whatever_it_leaves_in_the_background(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emulator.eventbridge.sinks.command.TIMEOUT_SECONDS", 5.0)
    left = tmp_path / "pid"
    script = f"sleep 60 & echo $! > {left}"
    try:
        Command(CommandSink(command=("sh", "-c", script))).deliver(notice("x"))
    finally:
        os.kill(int(left.read_text()), signal.SIGKILL)


def test_what_a_command_leaves_in_the_background_may_say_what_it_likes_which_nobody_keeps(
    tmp_path: Path,
) -> None:
    done = tmp_path / "done"
    os.mkfifo(done)
    # More than a pipe holds, and after the command's own end.
    loud = f"sleep 0.2; head -c 1000000 /dev/zero >&2; echo lives > {done}"
    Command(CommandSink(command=("sh", "-c", f"({loud}) &"))).deliver(notice("x"))
    assert done.read_text() == "lives\n"


def test_of_what_a_failed_command_said_the_beginning_is_told() -> None:
    script = "import sys; sys.stderr.write('夜' * 1_000_000); sys.exit(3)"
    with pytest.raises(SinkError) as caught:
        _python(script).deliver(notice("x"))
    assert str(caught.value) == f"exited with 3: {'夜' * 200}"


def test_a_failed_command_is_told_whatever_it_leaves_in_the_background(
    tmp_path: Path,
) -> None:
    left = tmp_path / "pid"
    script = f"sleep 60 & echo $! > {left}; echo no >&2; exit 3"
    try:
        with pytest.raises(SinkError, match="exited with 3: no"):
            Command(CommandSink(command=("sh", "-c", script))).deliver(notice("x"))
    finally:
        os.kill(int(left.read_text()), signal.SIGKILL)


def test_a_desktop_without_notify_send_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SinkError, match="not installed") as caught:
        sink_of(DesktopSink()).deliver(notice("x"))
    assert caught.value.final


def test_a_desktop_gets_no_markup_and_no_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "notify-send"
    program.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" > {tmp_path}/out\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    sink_of(DesktopSink()).deliver(notice(r"--urgency=critical <b>夜</b> \074i\076"))
    assert (tmp_path / "out").read_text().splitlines() == [
        "--app-name=ecs-local",
        "--",
        "[ecs-local] alert: sns alerts",
        r"--urgency=critical &lt;b&gt;夜&lt;/b&gt; \\074i\\076",
    ]


def test_sinks_take_what_is_for_them() -> None:
    sink = sink_of(MailSink(to=("a@b.test",), targets=("alerts",)))
    assert sink.wants(notice("x"))
    assert not sink.wants(notice("x", name="other"))


@given(name=st.text(min_size=1, max_size=80))
def test_files_stay_in_their_directory(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("n")
    Files(root).deliver(notice("夜間", name=name))
    (path,) = root.rglob("*.jsonl")
    assert path.parent == root / "sns"
    assert json.loads(path.read_text("utf-8"))["message"] == "夜間"
