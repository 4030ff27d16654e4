"""A language model drafts the name and the description of a theme; nothing is stored."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from dialogue.messages import say
from web.dependencies import Here
from web.review.asking.codebook import show_codebook
from web.review.carry_out import Refusal
from web.review.common import PostedForm, known_opdracht

# Not a ``WritingRoute``: a slow model must not keep a thread that writes.
router = APIRouter(prefix="/beheer", include_in_schema=False)


@router.post("/opdrachten/{number:int}/codeboek/voorstel")
def draft(request: Request, here: Here, form: PostedForm, number: int) -> Response:
    """The page of the codebook with a draft in the fields of a theme."""
    from analysis.language_model.connection import language_model
    from analysis.language_model.drafting import suggest

    known_opdracht(here, number)
    form.reviewer.require("decide", number, form.typed)
    with here.storage.reading() as session:
        seen = here.snapshots.of(session, here.consultation_id, number)
    theme = seen.state.themes.get(form.line("thema"))
    found = None
    if theme is not None:
        found = suggest(here.storage, language_model(here.settings), seen.view(theme))
    typed = {**form.typed, "doe": "vang"}
    if found is None:
        refusal = Refusal(422, say("codeboek_geen_voorstel"))
        return show_codebook(request, here, form.reviewer, number, {}, refusal, typed)
    typed |= {"label": found.name, "beschrijving": found.description}
    return show_codebook(request, here, form.reviewer, number, {}, typed=typed, drafted=True)
