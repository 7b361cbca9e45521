locals {
  # Each permission, and nothing else: dayseal/clouds/gcp/permissions.py says what each is for.
  reader_permissions = [
    "cloudasset.assets.searchAllResources",
    "cloudkms.cryptoKeys.get",
    "container.clusters.list",
    "container.operations.list",
    "logging.buckets.get",
    "logging.buckets.list",
    "logging.logEntries.list",
    "logging.settings.get",
    "logging.sinks.list",
    "monitoring.alertPolicies.list",
    "monitoring.timeSeries.list",
    "resourcemanager.folders.get",
    "resourcemanager.folders.getIamPolicy",
    "resourcemanager.organizations.getIamPolicy",
    "resourcemanager.projects.get",
    "resourcemanager.projects.getIamPolicy",
    "securitycentermanagement.securityCenterServices.list",
  ]
  # A project's own role cannot hold what is granted above projects.
  above_projects = ["resourcemanager.folders.get", "resourcemanager.folders.getIamPolicy", "resourcemanager.organizations.getIamPolicy"]

  archive_permissions = [
    "storage.buckets.get",
    "storage.buckets.getIamPolicy",
    "storage.objects.get",
    "storage.objects.list",
  ]
  signer_permissions = [
    "cloudkms.cryptoKeyVersions.useToSign",
    "cloudkms.cryptoKeyVersions.viewPublicKey",
  ]
  store_reader_permissions = ["storage.objects.get", "storage.objects.list"]
  in_project               = startswith(var.scope, "projects/")
}

resource "google_organization_iam_custom_role" "reader" {
  count       = local.in_project ? 0 : 1
  org_id      = var.organization_id
  role_id     = "daysealReader"
  title       = "dayseal reader"
  description = "Reads clusters, the configuration of their audit logs, and counters. Changes nothing."
  permissions = local.reader_permissions
}

resource "google_project_iam_custom_role" "reader" {
  count       = local.in_project ? 1 : 0
  project     = trimprefix(var.scope, "projects/")
  role_id     = "daysealReader"
  title       = "dayseal reader"
  description = "Reads clusters, the configuration of their audit logs, and counters. Changes nothing."
  permissions = setsubtract(local.reader_permissions, local.above_projects)
}

resource "google_project_iam_custom_role" "archive_reader" {
  project     = var.project
  role_id     = "daysealArchiveReader"
  title       = "dayseal archive reader"
  description = "Reads archived logs, and how their bucket is locked."
  permissions = local.archive_permissions
}

resource "google_project_iam_custom_role" "signer" {
  project     = var.project
  role_id     = "daysealSigner"
  title       = "dayseal signer"
  description = "Signs with a key and reads its public half."
  permissions = local.signer_permissions
}

resource "google_project_iam_custom_role" "store_reader" {
  project     = var.project
  role_id     = "daysealStoreReader"
  title       = "dayseal store reader"
  permissions = local.store_reader_permissions
}

resource "google_project_iam_custom_role" "store_writer" {
  project     = var.project
  role_id     = "daysealStoreWriter"
  title       = "dayseal store writer"
  description = "Creates and reads objects. Whatever exists can be neither replaced nor deleted."
  permissions = concat(local.store_reader_permissions, ["storage.objects.create"])
}

resource "google_project_iam_custom_role" "replacer" {
  project     = var.project
  role_id     = "daysealReplacer"
  title       = "dayseal replacer"
  description = "Replacing an object needs the right to delete it; of the ledger's, granted for two objects by name."
  permissions = ["storage.objects.delete"]
}

resource "google_project_iam_custom_role" "extender" {
  project     = var.project
  role_id     = "daysealExtender"
  title       = "dayseal extender"
  description = "Reads a bucket's settings and changes them, for a longer retention; no right to any object."
  permissions = ["storage.buckets.get", "storage.buckets.update"]
}

resource "google_project_iam_custom_role" "link_maker" {
  project     = var.project
  role_id     = "daysealLinkMaker"
  title       = "dayseal link maker"
  description = "Lets IAM sign links in an account's name; each look-up may, in its own."
  permissions = ["iam.serviceAccounts.signBlob"]
}

resource "google_project_iam_custom_role" "starter" {
  project     = var.project
  role_id     = "daysealStarter"
  title       = "dayseal starter"
  description = "Puts evidence jobs into their queue."
  permissions = ["cloudtasks.tasks.create"]
}

resource "google_project_iam_custom_role" "caller" {
  project     = var.project
  role_id     = "daysealCaller"
  title       = "dayseal caller"
  description = "Lets the queue call in the name of the account that may start evidence."
  permissions = ["iam.serviceAccounts.actAs"]
}

# ---- who runs: one service account for each function, and one that starts them

locals {
  with_lookup   = length(var.lookup_members) > 0
  with_events   = length(var.events_members) > 0
  with_evidence = local.with_lookup || local.with_events
  lookups       = concat(local.with_lookup ? ["lookup"] : [], local.with_events ? ["events"] : [])
  native        = var.ledger == "gcs"
  accounts = merge(
    {
      attestor  = "dayseal attestor: reads archives, signs attestations"
      pulse     = "dayseal pulse: reads configuration and the ledger"
      scheduler = "dayseal scheduler: starts the functions, and nothing else"
    },
    local.native ? {
      recorder = "dayseal recorder: the only one that writes into the ledger"
      extender = "dayseal extender: makes the ledger's retention longer"
    } : {},
    local.with_lookup ? { lookup = "dayseal look-up: reads the ledger, starts evidence of statements" } : {},
    local.with_events ? { events = "dayseal events: reads the ledger, starts evidence with audit events" } : {},
    local.with_evidence ? {
      evidence = "dayseal evidence: reads the ledger, makes bundles"
      caller   = "dayseal caller: starts evidence, and nothing else"
    } : {},
  )
}

resource "google_service_account" "dayseal" {
  for_each     = local.accounts
  project      = var.project
  account_id   = "dayseal-${each.key}"
  display_name = each.value
}

locals {
  member  = { for name, account in google_service_account.dayseal : name => "serviceAccount:${account.email}" }
  readers = toset(["attestor", "pulse"])

  # Who is which role in AWS.
  aws_accounts = { attestor = ["attestor"], reader = concat(["pulse"], local.lookups, local.with_evidence ? ["evidence"] : []) }
}

resource "google_organization_iam_member" "reader" {
  for_each = startswith(var.scope, "organizations/") ? local.readers : toset([])
  org_id   = trimprefix(var.scope, "organizations/")
  role     = google_organization_iam_custom_role.reader[0].id
  member   = local.member[each.key]
}

resource "google_folder_iam_member" "reader" {
  for_each = startswith(var.scope, "folders/") ? local.readers : toset([])
  folder   = var.scope
  role     = google_organization_iam_custom_role.reader[0].id
  member   = local.member[each.key]
}

resource "google_project_iam_member" "reader" {
  for_each = local.in_project ? local.readers : toset([])
  project  = trimprefix(var.scope, "projects/")
  role     = google_project_iam_custom_role.reader[0].id
  member   = local.member[each.key]
}

resource "google_storage_bucket_iam_member" "archive" {
  for_each = { for pair in setproduct(var.archive_buckets, concat(tolist(local.readers), local.with_events ? ["evidence"] : [])) : "${pair[0]} ${pair[1]}" => pair }
  bucket   = each.value[0]
  role     = google_project_iam_custom_role.archive_reader.id
  member   = local.member[each.value[1]]
}
