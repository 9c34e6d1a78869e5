"""Template pieces that every page uses: icons, words for codes, numbers."""

from django import template

register = template.Library()
