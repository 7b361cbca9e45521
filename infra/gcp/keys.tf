locals {
  # What signs what: attestations with P-256, the log's checkpoints with Ed25519.
  keys = merge(
    { attestor = { algorithm = "EC_SIGN_P256_SHA256", signer = "attestor" } },
    local.native ? { log = { algorithm = "EC_SIGN_ED25519", signer = "recorder" } } : {},
  )
}

resource "google_kms_key_ring" "dayseal" {
  project  = var.project
  name     = "dayseal"
  location = var.region
}

resource "google_kms_crypto_key" "dayseal" {
  for_each                   = local.keys
  name                       = each.key
  key_ring                   = google_kms_key_ring.dayseal.id
  purpose                    = "ASYMMETRIC_SIGN"
  destroy_scheduled_duration = "2592000s" # thirty days to notice: a log's key is its identity

  version_template {
    algorithm        = each.value.algorithm
    protection_level = "SOFTWARE"
  }
}

# A key's version is pinned by its public half, so a second version would never be used.
locals {
  key_versions = { for name, key in google_kms_crypto_key.dayseal : name => "${key.id}/cryptoKeyVersions/1" }
}

resource "google_kms_crypto_key_iam_member" "signer" {
  for_each      = local.keys
  crypto_key_id = google_kms_crypto_key.dayseal[each.key].id
  role          = google_project_iam_custom_role.signer.id
  member        = local.member[each.value.signer]
}
