"""The audit: the database notes changed rows by itself, the serving role adds entries and removes none."""

import accounts.tenancy
from accounts.tenancy import system_function
import django.db.models.deletion
from django.db import migrations, models


# Writes the entry of whatever happened. Who acts is what brand_scope() and acting() have told this transaction.
ENTRY = """
CREATE FUNCTION audit_write(
  brand uuid, what text, of_table text, of_row uuid, was jsonb, became jsonb
) RETURNS void LANGUAGE plpgsql AS $body$
DECLARE
  actor jsonb := COALESCE(NULLIF(current_setting('ideation.actor', true), ''), '{}')::jsonb;
BEGIN
  INSERT INTO public.accounts_auditentry
    (id, brand_id, at, action, "table", object_id, person_id, person, key_id, job_id, address, before, after)
  VALUES
    (gen_random_uuid(), brand, clock_timestamp(), what, of_table, of_row, (actor ->> 'person_id')::uuid,
     COALESCE(actor ->> 'person', ''), (actor ->> 'key_id')::uuid, (actor ->> 'job_id')::uuid,
     (actor ->> 'address')::inet, COALESCE(was, '{}'), COALESCE(became, '{}'));
END $body$
"""

# What an entry shows of a row: the columns that differ from the other state of it; of hidden and of long ones the name.
PICK = """
CREATE FUNCTION audit_pick(of_row jsonb, other jsonb, hidden text[]) RETURNS jsonb LANGUAGE sql STABLE AS $body$
  SELECT jsonb_object_agg(key, CASE
    WHEN value = 'null' THEN value WHEN key = ANY (hidden) OR length(value::text) > 1000 THEN '"•••"' ELSE value END)
  FROM jsonb_each(of_row)
  WHERE key NOT IN ('id', 'brand_id', 'created_at')
    AND CASE WHEN other IS NULL THEN value <> 'null' ELSE value IS DISTINCT FROM other -> key END
$body$
"""

# Arguments: columns to hide, columns whose change alone is no news.
ROW = """
CREATE FUNCTION audit_row() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
  was jsonb; became jsonb; brand uuid;
BEGIN
  IF TG_OP <> 'INSERT' THEN was := to_jsonb(OLD); END IF;
  IF TG_OP <> 'DELETE' THEN became := to_jsonb(NEW); END IF;
  IF TG_OP = 'UPDATE' AND (was - TG_ARGV[1]::text[]) = (became - TG_ARGV[1]::text[]) THEN RETURN NULL; END IF;
  -- The end of a brand itself is nobody's entry: it outlives the brand.
  IF TG_TABLE_NAME = 'accounts_brand' THEN
    brand := CASE WHEN TG_OP <> 'DELETE' THEN (became ->> 'id')::uuid END;
  ELSE
    brand := (COALESCE(became, was) ->> 'brand_id')::uuid;
  END IF;
  PERFORM public.audit_write(
    brand, lower(TG_OP), TG_TABLE_NAME, (COALESCE(became, was) ->> 'id')::uuid,
    public.audit_pick(was, became, TG_ARGV[0]::text[]), public.audit_pick(became, was, TG_ARGV[0]::text[]));
  RETURN NULL;
END $body$
"""

# Large tables: one entry a statement, without any value.
ROWS = """
CREATE FUNCTION audit_rows() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
  brand uuid; number bigint; ids uuid[]; tests text; names text[];
BEGIN
  SELECT count(*), (array_agg(brand_id))[1] INTO number, brand FROM old_rows;
  IF number = 0 THEN RETURN NULL; END IF;
  ids := ARRAY(SELECT id FROM old_rows LIMIT 100);
  IF TG_OP = 'UPDATE' THEN
    SELECT string_agg(format('CASE WHEN bool_or(o.%1$I IS DISTINCT FROM n.%1$I) THEN %1$L END', attname), ', ')
      INTO tests FROM pg_catalog.pg_attribute WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped;
    EXECUTE format('SELECT array_remove(ARRAY[%s]::text[], NULL) FROM old_rows o JOIN new_rows n USING (id)', tests)
      INTO names;
    IF names = '{}' THEN RETURN NULL; END IF;
  END IF;
  PERFORM public.audit_write(
    brand, lower(TG_OP), TG_TABLE_NAME, CASE WHEN number = 1 THEN ids[1] END, '{}',
    jsonb_strip_nulls(jsonb_build_object('rows', number, 'ids', ids, 'fields', names)));
  RETURN NULL;
END $body$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_people_and_their_guards"),
    ]

    operations = [
        *[
            migrations.RunSQL(sql, f"DROP FUNCTION {sql.split('CREATE FUNCTION ')[1].split('(')[0]}")
            for sql in (ENTRY, PICK, ROW, ROWS)
        ],
        migrations.AlterField(
            model_name="auditentry",
            name="brand",
            field=models.ForeignKey(
                default=accounts.tenancy.current_brand,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="accounts.brand",
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=accounts.tenancy.Audited(
                bulk=False, hide=("secret_sha256",), ignore=("last_used_at",), name="accounts_apikey_audited"
            ),
        ),
        migrations.AddConstraint(
            model_name="auditentry",
            constraint=accounts.tenancy.SystemReads(name="accounts_auditentry_system_reads"),
        ),
        migrations.AddConstraint(
            model_name="auditentry",
            constraint=accounts.tenancy.OnlyAdded(name="accounts_auditentry_of_nobody"),
        ),
        migrations.AddConstraint(
            model_name="brand",
            constraint=accounts.tenancy.Audited(bulk=False, hide=("folder",), ignore=(), name="accounts_brand_audited"),
        ),
        migrations.AddConstraint(
            model_name="emaildomain",
            constraint=accounts.tenancy.Audited(
                bulk=False, hide=("token",), ignore=(), name="accounts_emaildomain_audited"
            ),
        ),
        migrations.AddConstraint(
            model_name="identityprovider",
            constraint=accounts.tenancy.Audited(
                bulk=False, hide=("secret",), ignore=(), name="accounts_identityprovider_audited"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=accounts.tenancy.Audited(
                bulk=False, hide=("token_sha256",), ignore=(), name="accounts_invitation_audited"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=accounts.tenancy.Audited(bulk=False, hide=(), ignore=(), name="accounts_membership_audited"),
        ),
        # The one way out of the audit: with the brand, when nobody can take it back and nobody is left in it. A date in
        # the past is quickly written; to get rid of the audit alone, one would have to give up the brand.
        system_function(
            "audit_forget",
            "brand uuid",
            "bigint",
            """
            WITH gone AS (
              DELETE FROM accounts_auditentry entry USING accounts_brand owner
              WHERE owner.id = brand AND entry.brand_id = brand AND owner.delete_after < clock_timestamp()
                AND NOT EXISTS (SELECT FROM accounts_membership member WHERE member.brand_id = brand)
              RETURNING 1
            )
            SELECT count(*) FROM gone
            """,
            kind="VOLATILE",
        ),
    ]
