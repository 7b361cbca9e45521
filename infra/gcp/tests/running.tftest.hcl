# What runs, when, and who may start it.

mock_provider "google" {
  mock_resource "google_cloudfunctions2_function" {
    defaults = {
      service_config = { uri = "https://function.example.run.app" }
    }
  }
}

variables {
  project         = "example-dayseal"
  region          = "europe-west3"
  scope           = "organizations/123456789012"
  organization_id = "123456789012"
  archive_buckets = ["example-gke-audit"]
  ledger          = "gcs"
  source_zip      = "versions.tf" # any file
}

run "a_native_ledger_has_a_recorder" {
  assert {
    condition     = toset(keys(google_cloud_scheduler_job.dayseal)) == toset(["attest", "pulse", "record", "roll-call"])
    error_message = "other functions run by the clock"
  }
  assert {
    condition     = alltrue([for job in google_cloud_scheduler_job.dayseal : job.http_target[0].oidc_token[0].service_account_email == google_service_account.dayseal["scheduler"].email])
    error_message = "a job does not say who it is"
  }
  assert {
    condition     = alltrue([for grant in google_cloud_run_service_iam_member.scheduler : grant.role == "roles/run.invoker" && grant.member == "serviceAccount:${google_service_account.dayseal["scheduler"].email}"])
    error_message = "somebody but the scheduler may start what is scheduled"
  }
  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.dayseal : function.build_config[0].runtime == "python313"])
    error_message = "another Python"
  }
  assert {
    condition     = google_cloudfunctions2_function.dayseal["record"].service_config[0].max_instance_count == 1
    error_message = "two recorders could run at once"
  }
  assert {
    condition     = length(google_cloud_run_service_iam_member.lookup) == 0 && !contains(keys(google_cloudfunctions2_function.dayseal), "lookup")
    error_message = "there is a look-up that nobody asked for"
  }
}

run "auditors_may_ask_when_they_are_named" {
  variables {
    lookup_members = ["group:auditors@example.com"]
  }
  assert {
    condition     = google_cloud_run_service_iam_member.lookup["group:auditors@example.com"].role == "roles/run.invoker"
    error_message = "auditors may not ask"
  }
}

run "before_the_source_is_built_nothing_runs" {
  variables {
    source_zip = null
  }
  assert {
    condition     = length(google_cloudfunctions2_function.dayseal) == 0 && length(google_kms_crypto_key.dayseal) == 2
    error_message = "the first step makes keys and no functions"
  }
}

run "a_missing_roll_call_rings" {
  assert {
    condition     = length(google_monitoring_alert_policy.roll_call.conditions) == 2
    error_message = "either the age or the silence is not looked at"
  }
}
