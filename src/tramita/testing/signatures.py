"""The conformance suites of ``SignatureBackend`` and ``SignatureNotices``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Final

from tramita.kit.outcome import Done, Refused
from tramita.kit.pdf.rendering import MarkdownSource, render
from tramita.signatures.ports import (
    PROCEDURE_UNKNOWN,
    NewProcedure,
    Party,
    ProcedureStatus,
    Signatory,
    SignatureBackend,
)
from tramita.testing.gateways import ActingGatewaySuite, Method, done
from tramita.testing.scene import Scene, attempt

STUDENT: Final = Signatory(Party.STUDENT, "Zoé Learner", "zoe@learners.example", "fr")
OWNER: Final = Signatory(Party.ORGANIZATION, "Olga Owner", "olga@school.example", "en")
OTHER: Final = Signatory(Party.ORGANIZATION, "Otto Owner", "otto@school.example", "en")
NOBODY: Final = {"student": False, "organization": False}
PDF: Final = render(MarkdownSource("A contract", "en", "# Terms\n\nBoth agree."))


@dataclass(frozen=True, slots=True)
class Made:
    """A procedure at the service: its reference there and our key."""

    reference: str
    key: str


class SignatureBackendSuite(ActingGatewaySuite[SignatureBackend]):
    """Subclass it, and say how people sign and refuse at the simulator.

    ``sign`` and ``refuse`` have somebody act on a procedure, without which nobody would.
    """

    port = SignatureBackend
    private: ClassVar = (STUDENT.email, OWNER.email, STUDENT.name)

    async def sign(self, scene: Scene[SignatureBackend], made: Made, who: Signatory) -> None:
        """Have somebody sign."""
        raise NotImplementedError

    async def refuse(self, scene: Scene[SignatureBackend], made: Made, who: Signatory) -> None:
        """Have somebody refuse."""
        raise NotImplementedError

    async def draft(self, scene: Scene[SignatureBackend]) -> Made:
        """A procedure that has no document yet."""
        new = new_procedure()
        reference = done(await scene.gateway.create_signing_procedure(new, attempt()))
        return Made(reference, new.key)

    async def complete_draft(self, scene: Scene[SignatureBackend]) -> Made:
        """One that can be started."""
        made = await self.draft(scene)
        done(await scene.gateway.upload_document(made.reference, PDF, attempt()))
        return made

    async def running(self, scene: Scene[SignatureBackend]) -> Made:
        """One that the student may sign."""
        made = await self.complete_draft(scene)
        done(await scene.gateway.start_signing_procedure(made.reference, attempt()))
        return made

    async def signed(self, scene: Scene[SignatureBackend]) -> Made:
        """One that both have signed."""
        made = await self.running(scene)
        for who in (STUDENT, OWNER):
            await self.sign(scene, made, who)
        return made

    def methods(self) -> Mapping[str, Method[SignatureBackend]]:
        """All eleven."""
        return {**self._submitting(), **self._later()}

    def _submitting(self) -> Mapping[str, Method[SignatureBackend]]:
        return {
            "create_signing_procedure": Method(
                lambda us, new, of: us.create_signing_procedure(new, of),
                _new,
                is_act=True,
                is_once=False,
                was_done=_is_found,
            ),
            "find_signing_procedures": Method(
                lambda us, made, of: us.find_signing_procedures(made.key, of), self.draft
            ),
            "upload_document": Method(
                lambda us, made, of: us.upload_document(made.reference, PDF, of),
                self.draft,
                is_act=True,
                is_once=False,
                was_done=_has_document,
            ),
            "list_documents": Method(
                lambda us, made, of: us.list_documents(made.reference, of), self.complete_draft
            ),
            "start_signing_procedure": Method(
                lambda us, made, of: us.start_signing_procedure(made.reference, of),
                self.complete_draft,
                is_act=True,
                was_done=_runs,
            ),
        }

    def _later(self) -> Mapping[str, Method[SignatureBackend]]:
        return {
            "get_signature_invitation_link": Method(
                lambda us, made, of: us.get_signature_invitation_link(
                    [made.reference], STUDENT.email, of
                ),
                self.running,
            ),
            "get_signature_state": Method(
                lambda us, made, of: us.get_signature_state(made.reference, of), self.running
            ),
            "update_signatories": Method(
                lambda us, made, of: us.update_signatories(made.reference, (STUDENT, OTHER), of),
                self.running,
                is_act=True,
                is_once=False,  # Said again it is the same, and the service may note it again.
            ),
            "abort_signing_procedure": Method(
                lambda us, made, of: us.abort_signing_procedure(made.reference, of),
                self.running,
                is_act=True,
                was_done=_runs_no_more,
            ),
            "delete_signing_procedure": Method(
                lambda us, made, of: us.delete_signing_procedure(made.reference, of),
                self.draft,
                is_act=True,
                was_done=_is_gone,
            ),
            "get_signed_file": Method(
                lambda us, made, of: us.get_signed_file(made.reference, of), self.signed
            ),
        }

    async def test_says_who_has_signed(self, tmp_path: Path) -> None:
        """``{"student": bool, "organization": bool}``, from nobody to both, and when it was."""
        async with self.scene(tmp_path) as scene:
            made = await self.running(scene)
            found = [done(await scene.gateway.get_signature_state(made.reference, attempt()))]
            for who in (STUDENT, OWNER):
                await self.sign(scene, made, who)
                state = await scene.gateway.get_signature_state(made.reference, attempt())
                found.append(done(state))

        assert [
            NOBODY,
            {"student": True, "organization": False},
            {"student": True, "organization": True},
        ] == [one.signed() for one in found]
        assert ProcedureStatus.RUNNING is found[1].status
        assert ProcedureStatus.FINISHED is found[2].status

    async def test_tells_a_draft_from_what_runs(self, tmp_path: Path) -> None:
        """Nobody signs a draft, and a procedure that is not there is refused."""
        async with self.scene(tmp_path) as scene:
            made = await self.complete_draft(scene)
            draft = done(await scene.gateway.get_signature_state(made.reference, attempt()))
            gone = await self.complete_draft(scene)
            done(await scene.gateway.delete_signing_procedure(gone.reference, attempt()))
            missing = await scene.gateway.get_signature_state(gone.reference, attempt())

        assert (ProcedureStatus.DRAFT, NOBODY) == (draft.status, draft.signed())
        assert isinstance(missing, Refused)
        assert PROCEDURE_UNKNOWN == missing.code

    async def test_says_who_refused(self, tmp_path: Path) -> None:
        """The student, or the organization over what the student has signed."""
        async with self.scene(tmp_path) as scene:
            found = []
            for refusing in (STUDENT, OWNER):
                made = await self.running(scene)
                if refusing is OWNER:
                    await self.sign(scene, made, STUDENT)
                await self.refuse(scene, made, refusing)
                said = await scene.gateway.get_signature_state(made.reference, attempt())
                found.append(done(said))

        assert [ProcedureStatus.REFUSED] * 2 == [one.status for one in found]
        assert [Party.STUDENT, Party.ORGANIZATION] == [one.refused_by for one in found]
        assert [False, True] == [one.signed()["student"] for one in found]

    async def test_gives_no_file_that_is_not_signed(self, tmp_path: Path) -> None:
        """Neither before anybody nor before everybody has signed."""
        async with self.scene(tmp_path) as scene:
            made = await self.running(scene)
            unsigned = await scene.gateway.get_signed_file(made.reference, attempt())
            await self.sign(scene, made, STUDENT)
            half_signed = await scene.gateway.get_signed_file(made.reference, attempt())

        assert isinstance(unsigned, Refused)
        assert isinstance(half_signed, Refused)

    async def test_lets_others_sign_for_who_has_not(self, tmp_path: Path) -> None:
        """An owner who came later signs; what the student has signed stays signed."""
        async with self.scene(tmp_path) as scene:
            made = await self.running(scene)
            await self.sign(scene, made, STUDENT)
            changed = await scene.gateway.update_signatories(made.reference, [OTHER], attempt())
            await self.sign(scene, made, OTHER)
            said = done(await scene.gateway.get_signature_state(made.reference, attempt()))

        assert isinstance(changed, Done)
        assert said.organization is not None
        assert said.organization.email in (OTHER.email, None)

    async def test_makes_one_link_for_many(self, tmp_path: Path) -> None:
        """An owner signs whatever there is in one go."""
        async with self.scene(tmp_path) as scene:
            made = [await self.running(scene) for _ in range(3)]
            for one in made:
                await self.sign(scene, one, STUDENT)
            link = await scene.gateway.get_signature_invitation_link(
                [one.reference for one in made], OWNER.email, attempt()
            )

        assert done(link).startswith("http")

    async def test_ends_what_has_ended(self, tmp_path: Path) -> None:
        """Aborting and deleting are idempotent; of what is not there any more they say so."""
        async with self.scene(tmp_path) as scene:
            made = await self.signed(scene)
            found = [await scene.gateway.abort_signing_procedure(made.reference, attempt())]
            state = done(await scene.gateway.get_signature_state(made.reference, attempt()))
            again = scene.gateway.delete_signing_procedure
            found.append(await again(made.reference, attempt()))
            missing = [
                await again(made.reference, attempt()),
                await scene.gateway.abort_signing_procedure(made.reference, attempt()),
            ]

        assert [Done(None)] * 2 == found
        codes = [one.code for one in missing if isinstance(one, Refused)]
        assert [PROCEDURE_UNKNOWN] * 2 == codes
        assert ProcedureStatus.FINISHED is state.status


def new_procedure() -> NewProcedure:
    """A procedure that nobody has made yet."""
    return NewProcedure(attempt().key, "2026-01-31_course", (STUDENT, OWNER), timedelta(days=30))


async def _new(_: Scene[SignatureBackend]) -> NewProcedure:
    return new_procedure()


async def _is_found(us: SignatureBackend, new: NewProcedure, _: str) -> bool:
    return bool(done(await us.find_signing_procedures(new.key, attempt())))


async def _has_document(us: SignatureBackend, made: Made, _: str) -> bool:
    return bool(done(await us.list_documents(made.reference, attempt())))


async def _status(us: SignatureBackend, made: Made) -> ProcedureStatus:
    return done(await us.get_signature_state(made.reference, attempt())).status


async def _runs(us: SignatureBackend, made: Made, _: str) -> bool:
    return await _status(us, made) is ProcedureStatus.RUNNING


async def _runs_no_more(us: SignatureBackend, made: Made, _: str) -> bool:
    return await _status(us, made) is not ProcedureStatus.RUNNING


async def _is_gone(us: SignatureBackend, made: Made, _: str) -> bool:
    return isinstance(await us.get_signature_state(made.reference, attempt()), Refused)
