"""The pages on which facilitators bring in answers: exports of surveys and documents."""
