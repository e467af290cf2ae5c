"""What the two processes of a run tell each other, whichever goes first."""

from __future__ import annotations

from mock_server.running.channels import Channel


def test_last_word_of_somebody_who_went_with_messages_unread_is_heard() -> None:
    ours, theirs = Channel.pair()
    ours.tell("signal", number=15)
    theirs.tell("ended", code=5)
    theirs.close()

    last, silence = ours.hear(1), ours.hear(1)
    ours.close()

    assert last is not None
    assert (last.kind, last.facts) == ("ended", {"code": 5})
    assert silence is None
