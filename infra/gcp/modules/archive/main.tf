# An archive of GKE audit logs: a bucket whose retention is locked, a sink that fills it, and the sink's right to.

locals {
  sink_name = "dayseal-gke-audit"
  kind      = split("/", var.source_scope)[0]
  id        = split("/", var.source_scope)[1]
  # Admin Activity and Data Access of GKE clusters, whichever log id they take.
  filter = "log_id(\"cloudaudit.googleapis.com/activity\") OR log_id(\"cloudaudit.googleapis.com/data_access\")"
  narrow = "resource.type=\"k8s_cluster\" AND (${local.filter})"
  writer = one(concat(
    google_logging_organization_sink.archive[*].writer_identity,
    google_logging_folder_sink.archive[*].writer_identity,
    google_logging_project_sink.archive[*].writer_identity,
  ))
}

resource "google_storage_bucket" "archive" {
  project                     = var.project
  name                        = var.bucket
  location                    = var.location
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false # what holds objects is not destroyed

  retention_policy {
    is_locked        = var.lock
    retention_period = var.retention_days * 86400
  }

  dynamic "lifecycle_rule" {
    for_each = var.delete_after_days == null ? [] : [var.delete_after_days]
    content {
      action {
        type = "Delete"
      }
      condition {
        age = lifecycle_rule.value
      }
    }
  }

  dynamic "encryption" {
    for_each = var.kms_key == null ? [] : [var.kms_key]
    content {
      default_kms_key_name = encryption.value
    }
  }
}

resource "google_logging_organization_sink" "archive" {
  count            = local.kind == "organizations" ? 1 : 0
  org_id           = local.id
  name             = local.sink_name
  destination      = "storage.googleapis.com/${google_storage_bucket.archive.name}"
  filter           = local.narrow
  include_children = true
}

resource "google_logging_folder_sink" "archive" {
  count            = local.kind == "folders" ? 1 : 0
  folder           = var.source_scope
  name             = local.sink_name
  destination      = "storage.googleapis.com/${google_storage_bucket.archive.name}"
  filter           = local.narrow
  include_children = true
}

resource "google_logging_project_sink" "archive" {
  count                  = local.kind == "projects" ? 1 : 0
  project                = local.id
  name                   = local.sink_name
  destination            = "storage.googleapis.com/${google_storage_bucket.archive.name}"
  filter                 = local.narrow
  unique_writer_identity = true
}

# The sink may create objects, and nothing else; without this binding it drops what it cannot write.
resource "google_storage_bucket_iam_member" "writer" {
  bucket = google_storage_bucket.archive.name
  role   = "roles/storage.objectCreator"
  member = local.writer
}
