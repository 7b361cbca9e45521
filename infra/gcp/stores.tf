locals {
  # Versions are kept where something is replaced (the guard, the published checkpoint). `soft`: days in which Google
  # could still undelete; none for bundles, which may hold personal data and go when they are said to go.
  stores = merge(
    { details = { versions = false, lock_days = var.details_days, expire_days = 0, soft = 90 } },
    local.native ? {
      guard = { versions = true, lock_days = 0, expire_days = 0, soft = 90 }
      inbox = { versions = false, lock_days = 0, expire_days = 30, soft = 90 }
    } : {},
    local.with_evidence ? {
      evidence = { versions = false, lock_days = 0, expire_days = var.evidence_days, soft = 0 }
    } : {},
  )
  # Who reads the ledger: its bucket, and the published checkpoint beside the guard.
  ledger_readers = concat(["attestor", "pulse", "recorder", "extender"], local.lookups, local.with_evidence ? ["evidence"] : [])
  # Each row: who may do what in which store.
  store_roles = merge(
    { "details attestor" = google_project_iam_custom_role.store_writer.id },
    local.native ? merge(
      {
        "guard recorder" = google_project_iam_custom_role.store_writer.id
        "inbox attestor" = google_project_iam_custom_role.store_writer.id
        "inbox recorder" = google_project_iam_custom_role.store_reader.id
      },
      { for name in local.ledger_readers : "guard ${name}" => google_project_iam_custom_role.store_reader.id if name != "recorder" },
    ) : {},
    { for name in local.with_evidence ? concat(local.lookups, ["evidence"]) : [] : "evidence ${name}" => google_project_iam_custom_role.store_writer.id },
  )
}

# Everything in the ledger is created once: nothing in this bucket may be replaced or deleted before its term, and the
# one object that is replaced, the published checkpoint, lies beside the guard (docs/decisions/0012). No versions: where
# nothing can be replaced there is only ever one.
resource "google_storage_bucket" "ledger" {
  count                       = local.native ? 1 : 0
  project                     = var.project
  name                        = "${var.project}-dayseal-ledger"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false # what holds objects is not destroyed

  retention_policy {
    is_locked        = var.lock
    retention_period = var.ledger_lock_days * 86400
  }

  soft_delete_policy {
    retention_duration_seconds = 90 * 86400
  }

  lifecycle {
    ignore_changes = [retention_policy[0].retention_period] # the function extend makes it longer
  }
}

resource "google_storage_bucket" "store" {
  for_each                    = local.stores
  project                     = var.project
  name                        = "${var.project}-dayseal-${each.key}"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false # what holds objects is not destroyed

  versioning {
    enabled = each.value.versions
  }

  soft_delete_policy {
    retention_duration_seconds = each.value.soft * 86400
  }

  dynamic "retention_policy" {
    for_each = each.value.lock_days > 0 ? [each.value.lock_days] : []
    content {
      is_locked        = var.lock
      retention_period = retention_policy.value * 86400
    }
  }

  dynamic "lifecycle_rule" {
    for_each = each.value.expire_days > 0 ? [each.value.expire_days] : []
    content {
      action {
        type = "Delete"
      }
      condition {
        age = lifecycle_rule.value
      }
    }
  }
}

resource "google_storage_bucket_iam_member" "store" {
  for_each = local.store_roles
  bucket   = google_storage_bucket.store[split(" ", each.key)[0]].name
  role     = each.value
  member   = local.member[split(" ", each.key)[1]]
}

resource "google_storage_bucket_iam_member" "ledger" {
  for_each = local.native ? toset(local.ledger_readers) : toset([])
  bucket   = google_storage_bucket.ledger[0].name
  role     = each.key == "recorder" ? google_project_iam_custom_role.store_writer.id : google_project_iam_custom_role.store_reader.id
  member   = local.member[each.key]
}

# Only the term can be changed by it, and a locked one only be made longer; objects it cannot touch.
resource "google_storage_bucket_iam_member" "extender" {
  count  = local.native ? 1 : 0
  bucket = google_storage_bucket.ledger[0].name
  role   = google_project_iam_custom_role.extender.id
  member = local.member["extender"]
}

# The two objects of the ledger that are ever replaced: the guard's state, and the published checkpoint beside it.
resource "google_storage_bucket_iam_member" "replaced" {
  for_each = local.native ? toset(["head.json", "published/checkpoint"]) : toset([])
  bucket   = google_storage_bucket.store["guard"].name
  role     = google_project_iam_custom_role.replacer.id
  member   = local.member["recorder"]

  condition {
    title      = "only ${replace(each.key, "/", " ")}"
    expression = "resource.name == \"projects/_/buckets/${google_storage_bucket.store["guard"].name}/objects/${each.key}\""
  }
}

# Evidence jobs are noted by replacing small objects that go after some days.
resource "google_storage_bucket_iam_member" "jobs" {
  for_each = toset(local.with_evidence ? concat(local.lookups, ["evidence"]) : [])
  bucket   = google_storage_bucket.store["evidence"].name
  role     = google_project_iam_custom_role.replacer.id
  member   = local.member[each.key]
}
