"""Addresses of people and keys. `brand_patterns` stand below a brand's address."""

from django.urls import path, re_path

from accounts.views import audit, brandlogin, brands, identity, invitations, keys, members, people, usage

urlpatterns = [
    path("language/", people.language_switch, name="language"),
    path("brands/", brands.brands, name="brands"),
    path("brands/new/", brands.brand_new, name="brand_new"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("invitations/<str:token>/accept/", invitations.accept, name="invitation_accept"),
    path("invitations/<str:token>/enter/", invitations.enter, name="invitation_enter"),
    path("invitations/<str:token>/leave/", invitations.leave, name="invitation_leave"),
    path("account/brand-login/", brandlogin.brand_login, name="brand_login"),
    path("account/oidc/<str:provider_id>/login/", brandlogin.start, name="openid_connect_login"),
    path("account/oidc/<str:provider_id>/login/callback/", brandlogin.oidc_callback, name="openid_connect_callback"),
    path("account/saml/<str:provider_id>/login/", brandlogin.start, name="saml_login"),
    path("account/saml/<str:provider_id>/acs/", brandlogin.saml_acs, name="saml_acs"),
    path("account/saml/<str:provider_id>/acs/finish/", brandlogin.saml_finish, name="saml_finish_acs"),
    path("account/saml/<str:provider_id>/metadata/", brandlogin.saml_metadata, name="saml_metadata"),
    # allauth's pages that would tie a provider to an open account: there are none here.
    re_path(r"^account/(3rdparty|social)/(?!login/(cancelled|error)/$)", brandlogin.nothing),
    path("account/", people.profile, name="account"),
    path("account/login/", people.login, name="account_login"),
    path("account/confirm-email/", people.email_code, name="account_email_verification_sent"),
    path("account/delete/", people.delete, name="account_delete"),
    path("account/sessions/<int:session_id>/end/", people.session_revoke, name="session_revoke"),
]
brand_patterns = [
    path("settings/", brands.brand_settings, name="brand_settings"),
    path("members/", members.members, name="members"),
    path("members/roles/", members.roles, name="roles"),
    path("members/<uuid:member_id>/role/", members.role, name="member_role"),
    path("members/<uuid:member_id>/remove/", members.remove, name="member_remove"),
    path("members/invitations/<uuid:invitation_id>/resend/", members.resend, name="invitation_resend"),
    path("members/invitations/<uuid:invitation_id>/revoke/", members.revoke, name="invitation_revoke"),
    path("login-methods/", identity.login_methods, name="login_methods"),
    path("login-methods/domains/<uuid:domain_id>/check/", identity.domain_check, name="domain_check"),
    path("login-methods/domains/<uuid:domain_id>/remove/", identity.domain_end, name="domain_remove"),
    path("login-methods/new/", identity.provider_new, name="login_provider_new"),
    path("login-methods/<uuid:provider_id>/", identity.provider, name="login_provider"),
    path("login-methods/<uuid:provider_id>/test/", identity.provider_test, name="login_provider_test"),
    path("login-methods/<uuid:provider_id>/turn/", identity.provider_turn, name="login_provider_turn"),
    path("login-methods/<uuid:provider_id>/forget/", identity.provider_forget, name="login_provider_forget"),
    path("login-methods/<uuid:provider_id>/remove/", identity.provider_end, name="login_provider_remove"),
    path("usage/", usage.usage, name="usage"),
    path("audit/", audit.audit, name="audit"),
    path("audit/export.<str:kind>", audit.audit_export, name="audit_export"),
    path("keys/", keys.keys, name="keys"),
    path("keys/<uuid:key_id>/revoke/", keys.key_end, name="key_revoke"),
]
