locals {
  # Versions are kept where something may be replaced (the checkpoint, the guard) or must not be (all else).
  stores = merge(
    { details = { versions = false, lock_days = var.details_days, expire_days = 0 } },
    local.native ? {
      ledger = { versions = true, lock_days = 0, expire_days = 0 }
      guard  = { versions = true, lock_days = 0, expire_days = 0 }
      inbox  = { versions = false, lock_days = 0, expire_days = 30 }
    } : {},
  )
  # Each row: who may do what in which store.
  store_roles = merge(
    { "details attestor" = google_project_iam_custom_role.store_writer.id },
    local.native ? merge(
      {
        "ledger attestor" = google_project_iam_custom_role.store_reader.id
        "ledger pulse"    = google_project_iam_custom_role.store_reader.id
        "ledger recorder" = google_project_iam_custom_role.store_writer.id
        "guard recorder"  = google_project_iam_custom_role.store_writer.id
        "inbox attestor"  = google_project_iam_custom_role.store_writer.id
        "inbox recorder"  = google_project_iam_custom_role.store_reader.id
      },
      local.with_lookup ? { "ledger lookup" = google_project_iam_custom_role.store_reader.id } : {},
    ) : {},
  )
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
    retention_duration_seconds = 90 * 86400
  }

  dynamic "retention_policy" {
    for_each = each.value.lock_days > 0 ? [each.value.lock_days] : []
    content {
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

# The two objects that are ever replaced: the published checkpoint, and the guard's state.
resource "google_storage_bucket_iam_member" "replaced" {
  for_each = local.native ? { ledger = "ledger/checkpoint", guard = "head.json" } : {}
  bucket   = google_storage_bucket.store[each.key].name
  role     = google_project_iam_custom_role.replacer.id
  member   = local.member["recorder"]

  condition {
    title      = "only ${each.value}"
    expression = "resource.name == \"projects/_/buckets/${google_storage_bucket.store[each.key].name}/objects/${each.value}\""
  }
}
