-- The three database roles, made once by a superuser; safe to run again. Passwords are set apart, by whoever runs this.
--   ideation_owner   migrates: owns the tables, is itself bound by the FORCED row-level security
--   ideation_app     serves pages, API and jobs: owns nothing, bypasses nothing
--   ideation_system  nobody logs in as it: owns the few functions that must look across brands (accounts/tenancy.py)
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ideation_owner') THEN
    CREATE ROLE ideation_owner LOGIN NOSUPERUSER NOBYPASSRLS;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ideation_app') THEN
    CREATE ROLE ideation_app LOGIN NOSUPERUSER NOBYPASSRLS;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ideation_system') THEN
    CREATE ROLE ideation_system NOLOGIN NOSUPERUSER NOBYPASSRLS;
  END IF;
END $$;

-- The owner may hand functions over to system, but doesn't inherit its policies: what it sees stays bound to a brand.
GRANT ideation_system TO ideation_owner WITH INHERIT FALSE, SET TRUE;

-- Run in the product's own database:
CREATE EXTENSION IF NOT EXISTS vector;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO ideation_owner;
GRANT USAGE ON SCHEMA public TO ideation_app;
GRANT USAGE, CREATE ON SCHEMA public TO ideation_system;
ALTER DEFAULT PRIVILEGES FOR ROLE ideation_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ideation_app;
ALTER DEFAULT PRIVILEGES FOR ROLE ideation_owner IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO ideation_app;
