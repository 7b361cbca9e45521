locals {
  apis = [
    "artifactregistry.googleapis.com", "cloudasset.googleapis.com", "cloudbuild.googleapis.com",
    "cloudfunctions.googleapis.com", "cloudkms.googleapis.com", "cloudresourcemanager.googleapis.com",
    "cloudscheduler.googleapis.com", "cloudtasks.googleapis.com", "container.googleapis.com",
    "iamcredentials.googleapis.com", "logging.googleapis.com",
    "monitoring.googleapis.com", "run.googleapis.com", "securitycentermanagement.googleapis.com",
  ]
  deployed = var.source_zip != null

  # Without an entry here a function does not exist. `at` empty: nobody starts it by the clock.
  functions = { for name, function in {
    attest = {
      account = "attestor", at = var.daily_at, memory = var.run_memory, timeout = var.run_timeout_seconds, wanted = true
      environment = {
        DAYSEAL_ATTESTOR_KEY        = local.key_versions["attestor"]
        DAYSEAL_ATTESTOR_KEY_PUBLIC = var.attestor_key_public
        DAYSEAL_DETAILS             = "gs://${google_storage_bucket.store["details"].name}/"
      }
    }
    pulse = {
      account = "pulse", at = "7 * * * *", memory = "1Gi", timeout = 540, wanted = true, environment = {}
    }
    record = {
      account = "recorder", at = "*/15 * * * *", memory = "1Gi", timeout = 540, wanted = local.native
      environment = local.native ? {
        DAYSEAL_LOG_KEY        = local.key_versions["log"]
        DAYSEAL_LOG_KEY_PUBLIC = var.log_key_public
        DAYSEAL_GUARD          = "gs://${google_storage_bucket.store["guard"].name}/"
      } : {}
    }
    reverify = {
      account = "attestor", at = var.reverify_at, memory = var.run_memory, timeout = var.run_timeout_seconds, wanted = true
      environment = {
        DAYSEAL_ATTESTOR_KEY        = local.key_versions["attestor"]
        DAYSEAL_ATTESTOR_KEY_PUBLIC = var.attestor_key_public
        DAYSEAL_DETAILS             = "gs://${google_storage_bucket.store["details"].name}/"
        DAYSEAL_REVERIFY_BYTES      = tostring(var.reverify_bytes)
      }
    }
    extend = {
      account = "extender", at = var.extend_at, memory = "1Gi", timeout = 540, wanted = local.native, environment = {}
    }
    lookup = {
      account     = "lookup", at = "", memory = "1Gi", timeout = 60, wanted = local.with_lookup
      environment = merge(local.evidence_places, { DAYSEAL_LINK_ACCOUNT = try(google_service_account.dayseal["lookup"].email, "") })
    }
    events = {
      account     = "events", at = "", memory = "1Gi", timeout = 60, wanted = local.with_events
      environment = merge(local.evidence_places, { DAYSEAL_LINK_ACCOUNT = try(google_service_account.dayseal["events"].email, "") })
    }
  } : name => function if local.deployed && function.wanted }

  places = local.native ? {
    DAYSEAL_LEDGER     = "gs://${google_storage_bucket.ledger[0].name}/ledger/"
    DAYSEAL_CHECKPOINT = "gs://${google_storage_bucket.store["guard"].name}/published/"
    DAYSEAL_INBOX      = "gs://${google_storage_bucket.store["inbox"].name}/inbox/"
    } : {
    DAYSEAL_AWS_AUDIENCE = var.aws_audience
  }
  callers = {
    lookup = var.lookup_members
    events = var.events_members
  }
  aws_role = { for role, accounts in local.aws_accounts : role => local.native ? "" : var.aws_roles[role] }
}

resource "google_project_service" "api" {
  for_each           = toset(local.apis)
  project            = var.project
  service            = each.key
  disable_on_destroy = false
}

resource "google_storage_bucket" "source" {
  project                     = var.project
  name                        = "${var.project}-dayseal-source"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
}

resource "google_storage_bucket_object" "source" {
  count  = local.deployed ? 1 : 0
  bucket = google_storage_bucket.source.name
  name   = "functions-gcp-${filesha256(var.source_zip)}.zip" # another source is another name, so it is deployed
  source = var.source_zip
}

resource "google_cloudfunctions2_function" "dayseal" {
  for_each = local.functions
  project  = var.project
  name     = "dayseal-${each.key}"
  location = var.region

  build_config {
    runtime     = "python313"
    entry_point = each.key
    source {
      storage_source {
        bucket = google_storage_bucket.source.name
        object = google_storage_bucket_object.source[0].name
      }
    }
  }

  service_config {
    available_memory      = each.value.memory
    timeout_seconds       = each.value.timeout
    max_instance_count    = contains(["lookup", "events"], each.key) ? 5 : 1 # one recorder, one run at a time
    ingress_settings      = "ALLOW_ALL"                                      # Cloud Scheduler comes from outside; IAM decides
    service_account_email = google_service_account.dayseal[each.value.account].email

    environment_variables = merge(local.places, each.value.environment, {
      DAYSEAL_AWS_ROLE        = contains(["attest", "reverify"], each.key) ? local.aws_role.attestor : local.aws_role.reader
      DAYSEAL_TIMEOUT_SECONDS = tostring(each.value.timeout)
    })
  }

  depends_on = [google_project_service.api]
}

# Only the scheduler's account may start what is scheduled; Cloud Run checks its OIDC token before any code runs.
resource "google_cloud_run_service_iam_member" "scheduler" {
  for_each = { for name, function in local.functions : name => function if function.at != "" }
  project  = var.project
  location = var.region
  service  = google_cloudfunctions2_function.dayseal[each.key].name
  role     = "roles/run.invoker"
  member   = local.member["scheduler"]
}

resource "google_cloud_run_service_iam_member" "lookup" {
  for_each = { for pair in flatten([
    for name, members in local.callers : [for member in members : { function = name, member = member }]
    if contains(keys(local.functions), name)
  ]) : "${pair.function} ${pair.member}" => pair }
  project  = var.project
  location = var.region
  service  = google_cloudfunctions2_function.dayseal[each.value.function].name
  role     = "roles/run.invoker"
  member   = each.value.member
}

locals {
  # What is called when, and with which body.
  jobs = merge(
    { for name, function in local.functions : name => { function = name, at = function.at, body = "{}" } if function.at != "" },
    contains(keys(local.functions), "record") ? {
      roll-call = { function = "record", at = var.roll_call_at, body = jsonencode({ rollCall = true }) }
    } : {},
  )
}

resource "google_cloud_scheduler_job" "dayseal" {
  for_each         = local.jobs
  project          = var.project
  region           = var.region
  name             = "dayseal-${each.key}"
  schedule         = each.value.at
  time_zone        = "Etc/UTC"
  attempt_deadline = "${local.functions[each.value.function].timeout}s"
  paused           = var.schedules_paused

  retry_config {
    retry_count          = contains(["attest", "roll-call"], each.key) ? 3 : 0 # done twice, each is done once
    min_backoff_duration = "300s"
  }

  http_target {
    http_method = "POST"
    uri         = google_cloudfunctions2_function.dayseal[each.value.function].service_config[0].uri
    body        = base64encode(each.value.body)
    headers     = { "Content-Type" = "application/json" }

    oidc_token {
      service_account_email = google_service_account.dayseal["scheduler"].email
      audience              = google_cloudfunctions2_function.dayseal[each.value.function].service_config[0].uri
    }
  }
}
