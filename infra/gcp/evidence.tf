# Evidence: look-ups put jobs into a queue, which calls the function that makes the bundle; links to it are signed by IAM.

locals {
  makes_evidence = local.deployed && local.with_evidence
  evidence_places = local.makes_evidence ? {
    DAYSEAL_EVIDENCE        = "gs://${google_storage_bucket.store["evidence"].name}/"
    DAYSEAL_EVIDENCE_CALLER = google_service_account.dayseal["caller"].email
    DAYSEAL_EVIDENCE_QUEUE  = google_cloud_tasks_queue.evidence[0].id
    DAYSEAL_EVIDENCE_URL    = google_cloudfunctions2_function.evidence[0].service_config[0].uri
  } : {}
}

resource "google_cloud_tasks_queue" "evidence" {
  count    = local.with_evidence ? 1 : 0
  project  = var.project
  location = var.region
  name     = "dayseal-evidence"

  rate_limits {
    max_concurrent_dispatches = 5
  }

  retry_config {
    max_attempts = 3
    min_backoff  = "30s"
  }

  depends_on = [google_project_service.api]
}

resource "google_cloudfunctions2_function" "evidence" {
  count    = local.makes_evidence ? 1 : 0
  project  = var.project
  name     = "dayseal-evidence"
  location = var.region

  build_config {
    runtime     = "python313"
    entry_point = "evidence"
    source {
      storage_source {
        bucket = google_storage_bucket.source.name
        object = google_storage_bucket_object.source[0].name
      }
    }
  }

  service_config {
    available_memory      = "4Gi" # a bundle is built in memory
    timeout_seconds       = 900
    max_instance_count    = 5
    ingress_settings      = "ALLOW_ALL" # Cloud Tasks comes from outside; IAM decides
    service_account_email = google_service_account.dayseal["evidence"].email

    environment_variables = merge(local.places, {
      DAYSEAL_AWS_ROLE = local.aws_role.reader
      DAYSEAL_EVIDENCE = "gs://${google_storage_bucket.store["evidence"].name}/"
    })
  }

  depends_on = [google_project_service.api]
}

resource "google_cloud_run_service_iam_member" "caller" {
  count    = local.makes_evidence ? 1 : 0
  project  = var.project
  location = var.region
  service  = google_cloudfunctions2_function.evidence[0].name
  role     = "roles/run.invoker"
  member   = local.member["caller"]
}

resource "google_cloud_tasks_queue_iam_member" "starter" {
  for_each = toset(local.lookups)
  project  = var.project
  location = var.region
  name     = google_cloud_tasks_queue.evidence[0].name
  role     = google_project_iam_custom_role.starter.id
  member   = local.member[each.key]
}

resource "google_service_account_iam_member" "starter" {
  for_each           = toset(local.lookups)
  service_account_id = google_service_account.dayseal["caller"].name
  role               = google_project_iam_custom_role.caller.id
  member             = local.member[each.key]
}

# Each look-up in its own name only.
resource "google_service_account_iam_member" "link_maker" {
  for_each           = toset(local.lookups)
  service_account_id = google_service_account.dayseal[each.key].name
  role               = google_project_iam_custom_role.link_maker.id
  member             = local.member[each.key]
}
