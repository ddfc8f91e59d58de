"""From a page to an article, its topics and facts, and the development it reports."""
