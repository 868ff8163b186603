"""Addresses under /api/ and elsewhere."""

from django.urls import path, re_path

from examx import access, views

urlpatterns = [
    path("api/health/", views.fine),
    path("api/ready/", views.fine),
    path("api/small/", views.small),
    path("api/page/", views.page),
    path("api/large/<int:megabytes>/", views.large),
    path("api/status/<int:status>/", views.status),
    path("api/sleep/<int:milliseconds>/", views.sleep),
    path("api/stream/", views.stream),
    path("api/wait/<slug:name>/", views.wait),
    path("api/cut/", views.cut),
    path("api/cut/chunks/", views.cut_chunks),
    path("api/crash/", views.crash),
    path("api/raise/", views.fail),
    path("api/upload/", views.upload),
    *access.urlpatterns,
    re_path("", views.echo),
]
