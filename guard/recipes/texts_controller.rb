class TextsController < ActionController::API
  SITE = { algorithms: ["ES256"], iss: "https://presence.example", verify_iss: true, aud: "https://wiki.example",
           verify_aud: true, verify_iat: true, required_claims: %w[exp iss aud sub page fence] }.freeze

  def show = render_text(Page.find_by(path: request.path))

  def open
    receipt = request.headers["Presence-Receipt"] or return head(428)
    known, = JWT.decode(receipt, nil, true, { **SITE, jwks: PresenceKeys }) # call(kid_not_found: true) for an unknown key
    mine = known.values_at("sub", "page", "section") == [current_user_id, request.path, nil]
    return head(400) unless mine && known["fence"].is_a?(Integer)
    text = Page.transaction do
      Page.where(path: request.path).where("fence <= ?", known["fence"]).update_all(fence: known["fence"])
      Page.find_by(path: request.path)
    end
    text && text.fence != known["fence"] ? head(409) : render_text(text)
  rescue PresenceKeys::Unavailable
    head(503)
  rescue JWT::DecodeError
    head(400)
  end

  def save
    return head(401) unless current_user_id
    fence, base = request.headers["Presence-Fence"], request.headers["If-Match"]
    return head(428) unless fence && base
    return head(400) unless fence.match?(/\A\d{1,16}\z/) && base.match?(/\A"\d{1,16}"\z/)
    fence, base, sent = fence.to_i, base.delete('"').to_i, request.raw_post.dup.force_encoding("UTF-8")
    changed = Page.where(path: request.path, fence: fence, revision: base)
                  .update_all(["text = ?, revision = revision + 1", sent])
    text = Page.find_by(path: request.path) or return head(404)
    return render(json: { revision: base + 1 }) if changed == 1 || [text.fence, text.text] == [fence, sent]
    head(text.fence == fence ? 412 : 409)
  end

  private

  def render_text(text)
    return head(404) unless text
    response.headers["ETag"] = %("#{text.revision}")
    render json: { text: text.text, revision: text.revision }
  end
end
