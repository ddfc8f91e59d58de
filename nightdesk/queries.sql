-- Queries that come with Nightdesk: nightdesk sql NAME --param NAME=VALUE. Yours go into queries.sql beside nightdesk.toml.

-- name: happened
-- What happened in a country, newest first, with how many independent sources report it.
-- param country: text
-- param since: day = 90d
SELECT d.id, d.last_found_at, d.title, d.event_types, d.status, d.independent_sources
FROM developments_v d JOIN development_countries_v c ON c.development_id = d.id
WHERE c.country = upper(:country) AND d.merged_into IS NULL AND d.articles > 0 AND d.last_found_at >= :since
ORDER BY d.last_found_at DESC, d.id DESC

-- name: figures
-- Every figure of an event type with its status, speaker, source and the sentence it stands in.
-- param event: text = rescue_release
-- param since: day = 90d
-- param least: number = 1
SELECT f.development_id, f.published_at, f.value, f.bound, f.unit, f.nationality, f.status, f.speaker, f.source, f.quote,
       f.url
FROM facts_v f JOIN article_events_v e ON e.article_id = f.article_id
WHERE f.kind = 'count' AND e.event_type = :event AND f.published_at >= :since AND f.value >= :least
ORDER BY f.published_at DESC, f.id DESC

-- name: disputed
-- Developments whose articles give different numbers of what was done, and the lowest and highest of them.
-- param since: day = 90d
SELECT f.development_id, d.title, f.unit, f.nationality, min(f.value) AS lowest, max(f.value) AS highest,
       count(DISTINCT f.article_id) AS articles
FROM facts_v f JOIN developments_v d ON d.id = f.development_id
WHERE f.kind = 'count' AND f.status = 'done' AND d.last_found_at >= :since
GROUP BY f.development_id, d.title, f.unit, f.nationality
HAVING min(f.value) < max(f.value) AND count(DISTINCT f.article_id) > 1
ORDER BY f.development_id DESC, f.unit, f.nationality

-- name: given
-- What one state's police give, teach or post in other states, newest development first.
-- param actor: text = CN
SELECT i.development_id, d.last_found_at, i.host_country, i.type, i.stage, i.persons, i.item, i.value, i.currency,
       i.instrument, i.best_source, d.title
FROM interactions_v i JOIN developments_v d ON d.id = i.development_id
WHERE i.actor_country = upper(:actor) ORDER BY d.last_found_at DESC, i.development_id DESC, i.host_country, i.type

-- name: received
-- What a state's police are given, taught or sent by others, newest development first.
-- param host: text
SELECT i.development_id, d.last_found_at, i.actor_country, i.type, i.stage, i.persons, i.item, i.value, i.currency,
       i.best_source, d.title
FROM interactions_v i JOIN developments_v d ON d.id = i.development_id
WHERE i.host_country = upper(:host) ORDER BY d.last_found_at DESC, i.development_id DESC, i.actor_country, i.type

-- name: nationalities
-- How many people of each nationality the reports of a topic count as freed, held or sent home, by status.
-- param topic: text = scam_centres
-- param since: day = 90d
SELECT f.nationality, f.status, count(DISTINCT f.development_id) AS developments, max(f.value) AS highest_figure
FROM facts_v f JOIN article_topics_v t ON t.article_id = f.article_id
WHERE f.kind = 'count' AND f.nationality IS NOT NULL AND t.topic = :topic AND f.published_at >= :since
GROUP BY f.nationality, f.status ORDER BY highest_figure DESC, f.nationality, f.status

-- name: misses
-- What a watch nearly told and why it did not, newest first.
-- param watch: text
SELECT m.article_id, a.published_at, a.source, a.title, m.reason
FROM matches_v m JOIN articles_v a ON a.id = m.article_id
WHERE m.watch = :watch AND NOT m.fired ORDER BY a.published_at DESC, m.article_id DESC

-- name: pages
-- What became of the pages of a source since a day, and why.
-- param source: text
-- param since: day = 7d
SELECT state, reason, count(*) AS pages, max(fetched_at) AS latest
FROM pages_v WHERE source = :source AND fetched_at >= :since
GROUP BY state, reason ORDER BY pages DESC, state, reason
