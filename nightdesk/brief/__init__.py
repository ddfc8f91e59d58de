"""A brief: what happened in a span of time, case by case, a footnote for every figure, as a document to hand on."""
