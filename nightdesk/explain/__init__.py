"""`nightdesk explain`: what became of an address, article, development or alert, in one sentence and then at length."""

from nightdesk.explain.explain import explain
from nightdesk.explain.explanation import Explanation

__all__ = ["Explanation", "explain"]
