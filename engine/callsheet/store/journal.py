"""What happened to each key: the truth about money. Every method is durable when it returns."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from callsheet.media.info import Output
from callsheet.problems import Problem, RetryableFault
from callsheet.store.database import Database
from callsheet.store.entry import IN_FLIGHT, MAY_SUBMIT, Entry, Past, State, Work
from callsheet.store.places import Places
from callsheet.store.runs import Runs
from callsheet.store.spare import Spare

_ENTRY = (
    "SELECT key, provider, made_by, instance, state, request_id, payload_sha256, attempts, cost_usd, error_code, error,"
    " intended_at, submitted_at, updated_at FROM work "
)
_KEYS = "IN (SELECT value FROM json_each(?))"


class Journal:
    """The journal in one SQLite file. It is used from one thread; other processes may use the same file.

    `clock` gives seconds since 1970. It never holds a token, a prompt or a URL: only digests, ids, states, times,
    money, and error texts as the faults carry them.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self._clock = clock
        self.database = Database(path)
        self._execute = self.database.connection.execute
        self.places = Places(self.database)
        self.runs = Runs(self.database, clock)
        self.spare = Spare(path.with_name("spare"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.database.close()

    def group(self) -> AbstractContextManager[None]:
        """Make the calls inside one transaction: all are durable when the block ends, or none where it raises."""
        return self.database.group()

    # What there is

    def look_up(self, key: str) -> Entry | None:
        """What happened to `key`, or None where it was never heard of."""
        return self.look_up_many([key]).get(key)

    def look_up_many(self, keys: Iterable[str]) -> dict[str, Entry]:
        """What happened to each of `keys`; those never heard of are left out."""
        asked = json.dumps(list(keys))
        return self._entries(f"WHERE key {_KEYS}", f"WHERE key {_KEYS}", asked)

    def in_state(self, *states: State) -> list[Entry]:
        """All entries in these states, the oldest change first."""
        chosen = "state IN (SELECT value FROM json_each(?))"
        entries = self._entries(
            f"WHERE {chosen}", f"WHERE key IN (SELECT key FROM work WHERE {chosen})", json.dumps(states)
        )
        return sorted(entries.values(), key=lambda entry: (entry.updated_at, entry.key))

    def in_flight(self) -> list[Entry]:
        """Everything that was started at a provider and is neither over nor unknown."""
        return self.in_state(*IN_FLIGHT)

    def spent(self, provider: str) -> float:
        """USD that all submits to a provider did cost; one whose cost is not known counts with its estimate, or with
        nothing where it failed or was cancelled."""
        row = self._execute(
            "SELECT total(CASE WHEN coalesce(ended, '') IN ('failed', 'cancelled') THEN coalesce(cost_usd, 0)"
            " ELSE coalesce(cost_usd, estimate_usd) END) FROM submits WHERE provider = ?",
            (provider,),
        ).fetchone()
        return float(row[0])

    def with_request(self, request_id: str, provider: str) -> Entry | None:
        """The entry that a provider's request belongs to, or None."""
        row = self._execute(
            "SELECT key FROM work WHERE request_id = ? AND provider = ?", (request_id, provider)
        ).fetchone()
        return None if row is None else self.look_up(row[0])

    def estimate_history(self, route: str, provider: str, newest: int = 50) -> list[Past]:
        """The latest finished renders of a route, newest first: what the next one may take and cost."""
        rows = self._execute(
            "SELECT ended_at - submitted_at, cost_usd FROM submits WHERE made_by = ? AND provider = ?"
            " AND ended = 'done' AND ended_at >= submitted_at ORDER BY ended_at DESC, number DESC LIMIT ?",
            (route, provider, newest),
        )
        return [Past(seconds, cost) for seconds, cost in rows]

    # What happens to paid work, in this order

    def intent(
        self,
        key: str,
        work: Work,
        payload_sha256: str,
        *,
        estimate_usd: float | None = None,
        consent: bool = False,
        limit_usd: float | None = None,
    ) -> None:
        """A submit is about to leave. Refused (75) where one may be out or done already, where all that was ever spent
        at this provider and the estimate would pass `limit_usd`, and where the journal's file is no longer in its
        place; `consent` is a person's word that an unknown or done one may be bought again."""
        self.database.refuse_if_moved()
        with self.database.transaction():
            row = self._execute("SELECT state FROM work WHERE key = ?", (key,)).fetchone()
            state = row[0] if row else "reserved"
            if state not in MAY_SUBMIT and not (consent and state in ("unknown", "done")):
                raise _refused(work.instance, state)
            if limit_usd is not None and self.spent(work.provider) + (estimate_usd or 0.0) > limit_usd + 1e-9:
                raise _over_budget(work.instance, limit_usd, self.spent(work.provider), estimate_usd)
            now = self._clock()
            submit = self._execute(
                "INSERT INTO submits (key, provider, made_by, payload_sha256, estimate_usd, intended_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (key, work.provider, work.made_by, payload_sha256, estimate_usd, now),
            ).lastrowid
            self._put(key, work, "intent", now)
            self._execute(
                "UPDATE work SET submit = ?, payload_sha256 = ?, intended_at = ?, attempts = attempts + 1,"
                " request_id = NULL, submitted_at = NULL, cost_usd = NULL WHERE key = ?",
                (submit, payload_sha256, now, key),
            )

    def submitted(self, key: str, request_id: str) -> None:
        """The provider took it under this id (told by its answer, or by a person who attaches to it)."""
        with self.database.transaction():
            now = self._clock()
            self._move(key, "submitted", ("intent", "unknown"))
            for table, which in (
                ("work", "key = :key"),
                ("submits", "number = (SELECT submit FROM work WHERE key = :key)"),
            ):
                self._execute(
                    f"UPDATE {table} SET request_id = :id, submitted_at = :now WHERE {which}",
                    {"id": request_id, "now": now, "key": key},
                )

    def refused(self, key: str) -> None:
        """The submit announced by `intent` certainly was not taken: as if it had not been. A result that it was to
        replace stands again."""
        with self.database.transaction():
            self._move(key, "reserved", ("intent",))
            self._execute("DELETE FROM submits WHERE number = (SELECT submit FROM work WHERE key = ?)", (key,))
            self._execute(
                "UPDATE work SET submit = NULL, payload_sha256 = NULL, intended_at = NULL, attempts = attempts - 1"
                " WHERE key = ?",
                (key,),
            )
            self._execute(
                "UPDATE work SET state = 'done', submit = paid.number, request_id = paid.request_id,"
                " payload_sha256 = paid.payload_sha256, cost_usd = paid.cost_usd, intended_at = paid.intended_at,"
                " submitted_at = paid.submitted_at FROM (SELECT * FROM submits WHERE key = :key"
                " ORDER BY number DESC LIMIT 1) AS paid WHERE work.key = :key AND paid.ended = 'done'",
                {"key": key},
            )

    def adopt(self, key: str, work: Work, request_id: str | None, *, estimate_usd: float | None, why: str) -> None:
        """A submit that this journal never heard of, or has lost: with its id it is in flight, without it is unknown.
        Nothing changes where the key is known already."""
        with self.database.transaction():
            if self._execute("SELECT 1 FROM work WHERE key = ?", (key,)).fetchone():
                return
            now = self._clock()
            submit = self._execute(
                "INSERT INTO submits (key, provider, made_by, payload_sha256, estimate_usd, intended_at)"
                " VALUES (?, ?, ?, '', ?, ?)",
                (key, work.provider, work.made_by, estimate_usd, now),
            ).lastrowid
            self._put(key, work, "intent", now)
            self._execute("UPDATE work SET submit = ?, attempts = 1 WHERE key = ?", (submit, key))
            if request_id is None:
                self.unknown(key, "submit-unknown", why)
            else:
                self._move(key, "submitted", ("intent",))
                for table, which in (("work", "key = ?"), ("submits", "key = ?")):
                    self._execute(f"UPDATE {table} SET request_id = ? WHERE {which}", (request_id, key))

    def released(self, key: str) -> None:
        """A person says that an unknown submit may be made again. What it may have cost stays counted."""
        with self.database.transaction():
            self._move(key, "reserved", ("unknown", "intent"))
            self._end(key, "unknown", self._clock())

    def running(self, key: str) -> None:
        """The provider has begun to render it."""
        with self.database.transaction():
            self._move(key, "running", ("submitted", "running"))

    def fetched(self, key: str, outputs: Sequence[Output], cost_usd: float | None = None) -> None:
        """Its bytes are in the store, verified."""
        with self.database.transaction():
            self._move(key, "fetched", ("submitted", "running"))
            self._execute("UPDATE work SET cost_usd = ? WHERE key = ?", (cost_usd, key))
            self._keep(key, outputs)

    def done(self, key: str, work: Work, outputs: Sequence[Output], cost_usd: float | None = None) -> None:
        """It is made and its bytes are in the store: a render, or a local step that had no submit."""
        with self.database.transaction():
            now = self._clock()
            self._put(key, work, "done", now)
            self._execute("UPDATE work SET cost_usd = coalesce(?, cost_usd) WHERE key = ?", (cost_usd, key))
            self._keep(key, outputs)
            self._end(key, "done", now)

    def failed(self, key: str, work: Work, code: str, message: str, cost_usd: float | None = None) -> None:
        """It is over and nothing came of it: a later run may start it anew. `cost_usd` is what was charged for it."""
        with self.database.transaction():
            now = self._clock()
            self._put(key, work, "failed", now, code, message)
            self._execute("UPDATE work SET cost_usd = ? WHERE key = ?", (cost_usd, key))
            self._end(key, "failed", now)

    def cancelled(self, key: str) -> None:
        """The provider confirmed that it was cancelled: a later run may start it anew."""
        with self.database.transaction():
            self._move(key, "cancelled", ("submitted", "running", "unknown"))
            self._end(key, "cancelled", self._clock())

    def unknown(self, key: str, code: str, evidence: str) -> None:
        """What became of it is not certain: nothing is submitted for it until a person settles it."""
        with self.database.transaction():
            self._move(key, "unknown", (*IN_FLIGHT, "unknown"))
            self._execute("UPDATE work SET error_code = ?, error = ? WHERE key = ?", (code, evidence, key))

    def unfinished(self, provider: str) -> list[Entry]:
        """Everything of a provider that is not over, unknown submits included, the oldest change first."""
        return [one for one in self.in_state("reserved", *IN_FLIGHT, "unknown") if one.provider == provider]

    def discard(self, keys: Iterable[str]) -> None:
        """Forget these keys: requests that cost nothing and ended with the process that served them."""
        asked = json.dumps(list(keys))
        with self.database.transaction():
            for table in ("outputs", "submits", "work"):
                self._execute(f"DELETE FROM {table} WHERE key {_KEYS}", (asked,))

    def learned(
        self, key: str, work: Work, outputs: Sequence[Output], request_id: str | None, cost_usd: float | None
    ) -> bool:
        """It was done elsewhere, and its bytes are in the store now. What was paid there is not counted here. False,
        with nothing changed, where something is under way for it here."""
        with self.database.transaction():
            row = self._execute("SELECT state FROM work WHERE key = ?", (key,)).fetchone()
            if row is not None and row[0] in (*IN_FLIGHT, "unknown"):
                return False
            self._put(key, work, "done", self._clock())
            self._execute("UPDATE work SET request_id = ?, cost_usd = ? WHERE key = ?", (request_id, cost_usd, key))
            self._keep(key, outputs)
        return True

    def given_up(self, keys: Iterable[str]) -> None:
        """The bytes of these keys were deleted on purpose. What they did cost, and their requests, stay known."""
        with self.database.transaction():
            self._execute(f"DELETE FROM outputs WHERE key {_KEYS}", (json.dumps(list(keys)),))

    # Inside

    def _entries(self, where: str, outputs_where: str, value: str) -> dict[str, Entry]:
        outputs: dict[str, tuple[Output, ...]] = {}
        for key, *fields in self._execute(
            f"SELECT key, name, kind, sha256, bytes, media_type FROM outputs {outputs_where} ORDER BY key, position",
            (value,),
        ):
            outputs[key] = (*outputs.get(key, ()), Output(*fields))
        rows = self._execute(_ENTRY + where, (value,))
        return {row[0]: Entry._make((*row, outputs.get(row[0], ()))) for row in rows}

    def _put(
        self, key: str, work: Work, state: State, now: float, code: str | None = None, error: str | None = None
    ) -> None:
        self._execute(
            "INSERT INTO work (key, provider, made_by, instance, state, error_code, error, updated_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET instance = excluded.instance,"
            " state = excluded.state, error_code = excluded.error_code, error = excluded.error,"
            " updated_at = excluded.updated_at",
            (key, work.provider, work.made_by, work.instance, state, code, error, now),
        )

    def _move(self, key: str, state: State, expected: Sequence[State]) -> None:
        row = self._execute("SELECT state FROM work WHERE key = ?", (key,)).fetchone()
        found = row[0] if row else "not there"
        if found not in expected:
            raise ValueError(f"{key} can't become {state}: it is {found}")
        self._execute(
            "UPDATE work SET state = ?, error_code = NULL, error = NULL, updated_at = ? WHERE key = ?",
            (state, self._clock(), key),
        )

    def _keep(self, key: str, outputs: Sequence[Output]) -> None:
        self._execute("DELETE FROM outputs WHERE key = ?", (key,))
        self.database.connection.executemany(
            "INSERT INTO outputs (key, position, name, kind, sha256, bytes, media_type) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (key, position, one.name, one.kind, one.sha256, one.bytes, one.media_type)
                for position, one in enumerate(outputs)
            ),
        )

    def _end(self, key: str, ended: State, now: float) -> None:
        self._execute(
            "UPDATE submits SET ended = ?, ended_at = ?, cost_usd = work.cost_usd FROM work"
            " WHERE work.key = ? AND number = work.submit",
            (ended, now, key),
        )


def _refused(instance: str, state: str) -> RetryableFault:
    return RetryableFault(
        Problem(
            "submit-refused",
            f"`{instance}` is not submitted: the journal says that it is `{state}`",
            hint="what is in flight is attached to by the next run, what is unknown a person settles",
            instance=instance,
        )
    )


def _over_budget(instance: str, limit: float, spent: float, estimate: float | None) -> RetryableFault:
    return RetryableFault(
        Problem(
            "budget-reached",
            f"`{instance}` ({estimate or 0.0:.2f} USD) would pass the project's budget of {limit:.2f} USD:"
            f" {spent:.2f} are spent or under way",
            hint="raise `budget` under `[run]` in `callsheet.toml`; what is done stays done",
        )
    )
