"""Brings sentences and needs into the form of 0004: a sentence once, however many analyses read it."""

from typing import Any

from django.db import migrations

from ideation.base.brandwise import each_brand

FILL = """
UPDATE needs_sentence AS s SET project_id = a.project_id,
  key = substring(sha256(convert_to(s.text, 'UTF8')) FOR 16)
FROM needs_analysis AS a WHERE a.id = s.analysis_id;
INSERT INTO needs_sentencevector (id, brand_id, created_at, project_id, key, embedding)
SELECT DISTINCT ON (project_id, key) gen_random_uuid(), brand_id, created_at, project_id, key, embedding::halfvec(512)
FROM needs_sentence ORDER BY project_id, key;

-- One sentence for each place in a review, that of the newest analysis; all evidence points to it from now on.
CREATE TEMPORARY TABLE one_for AS
SELECT s.id, first_value(s.id) OVER (PARTITION BY s.review_id, s.position ORDER BY a.created_at DESC, s.id) AS kept
FROM needs_sentence AS s JOIN needs_analysis AS a ON a.id = s.analysis_id;
UPDATE needs_evidence AS e SET sentence_id = kept FROM one_for WHERE one_for.id = e.sentence_id AND one_for.id <> kept;
DELETE FROM needs_sentence USING one_for WHERE one_for.id = needs_sentence.id AND one_for.id <> kept;
DROP TABLE one_for;

UPDATE needs_evidence AS e SET rank = place FROM (
  SELECT id, row_number() OVER (PARTITION BY need_id ORDER BY rank NULLS LAST, id) AS place FROM needs_evidence
) AS ordered WHERE ordered.id = e.id;
UPDATE needs_need SET standing_id = gen_random_uuid();
INSERT INTO needs_standingneed (
  id, brand_id, created_at, project_id, statement, label, bank, status, is_pinned, is_dismissed, by_hand
)
SELECT n.standing_id, n.brand_id, n.created_at, a.project_id, '', '', '', 'open', false, false, false
FROM needs_need AS n JOIN needs_analysis AS a ON a.id = n.analysis_id
"""


def forwards(_apps: Any, schema_editor: Any) -> None:
    """Brand after brand: the wall binds migrations too."""
    for _brand in each_brand(schema_editor.connection):
        schema_editor.execute(FILL)


class Migration(migrations.Migration):
    dependencies = [("needs", "0004_standing_needs")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
