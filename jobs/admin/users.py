"""Users and groups, in the admin's look."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as BareGroupAdmin
from django.contrib.auth.admin import UserAdmin as BareUserAdmin
from django.contrib.auth.models import Group, User
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from jobs.admin.audited import Audited

for _model in (User, Group):
    admin.site.unregister(_model)


@admin.register(User)
class UserAdmin(Audited, BareUserAdmin, ModelAdmin):  # type: ignore[type-arg]  # generic only in the stubs
    """Who may sign in, and what they may do."""

    audited_fields = ("is_active", "is_staff", "is_superuser")
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm


@admin.register(Group)
class GroupAdmin(Audited, BareGroupAdmin, ModelAdmin):
    """Permissions by role."""
