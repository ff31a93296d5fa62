"""What there is to know about a way to invoke a function, and how templates write it."""

from __future__ import annotations

from functools import partial
from typing import Literal, NamedTuple, TypeAlias

Model: TypeAlias = Literal["poll", "async", "sync"]


class Form(NamedTuple):
    """A place where templates name the function.

    `function` is a path below the properties of a resource of this type: `[]` is each element of a
    list, `{}` each value of a mapping, `!` a document that may be JSON text. One that begins with
    `/` starts at the resource itself (`/UpdatePolicy`).

    `source` is the path of what names the source, "" where the resource itself is it, and `of` the
    type that a plain name there is a name of. The other paths may begin with `.`: then they start
    beside the function, in the innermost element of a list. `when` is a path and the value that it
    must have, `unless` one and the value that it must not have, `off` one and the value that
    switches the trigger off, and `role` is the path of the role that the caller takes on.
    """

    type: str
    function: str
    source: str = ""
    of: str = ""
    when: tuple[str, str] = ("", "")
    unless: tuple[str, str] = ("", "")
    off: tuple[str, str] = ("", "")
    role: str = ""


class Kind(NamedTuple):
    """A way to invoke a function.

    `poll`: Lambda reads the source. `async`: the service hands the event over and does not wait.
    `sync`: the service waits for the answer. `principal` is the service that must be permitted to
    invoke, "" where a role is used instead. `url` is the page of AWS that documents it.

    The rest is for people, in a few words each: who calls again when the function fails, where an
    event ends that failed for good, in which order events come, how many at once, what happens
    when the function cannot keep up, how many calls may run at the same time, the largest payload,
    and whether the same event may come twice. `limit_s` is how many seconds the caller waits, where
    that cannot be changed. A caller that `notices` learns of a failure though it does not wait: it
    expects the function to report back.
    """

    name: str
    title: str
    url: str
    forms: tuple[Form, ...] = ()
    principal: str = ""
    model: Model = "sync"
    retries: str = "the caller, if it wants to"
    failures: str = "the caller gets the error"
    order: str = "as called"
    batch: str = "one call"
    pressure: str = "throttled calls are refused"
    concurrency: str = "the function's"
    payload: str = "6 MB"
    duplicates: str = "if the caller repeats"
    limit_s: int | None = None
    notices: bool = True


awaited = partial(Kind)
"""A kind whose caller waits."""

# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
pushed = partial(
    Kind,
    model="async",
    retries="Lambda, twice more",
    failures="lost, without a destination or dead-letter queue",
    order="none",
    batch="one event",
    pressure="Lambda keeps throttled events for 6 h",
    payload="1 MB",
    duplicates="possible",
    notices=False,
)
"""A kind whose caller hands the event over and goes."""

polled = partial(
    Kind,
    model="poll",
    order="none",
    pressure="the source keeps what waits",
    duplicates="possible",
    notices=False,
)
"""A kind whose source Lambda reads."""
