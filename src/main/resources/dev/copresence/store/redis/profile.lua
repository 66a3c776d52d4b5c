-- What is known of a user, as pages and slots keep it; it stands where a script says "include profile".
--
-- A profile has three lines: how much name and picture count, see User.Standing, as 7 digits to the base of 36 each, or once
-- if it is the same; the picture's address or nothing; and the name or nothing.

local function parts(profile)
  local names, pictures, picture, name = string.match(profile, '^(%w+) ?(%w*)\n([^\n]*)\n(.*)$')
  return names, name, pictures == '' and names or pictures, picture
end

-- Whether of two texts that count so much the first is to be shown. Those that count the same are told apart by themselves, so
-- that it does not depend on which came first.
local function leads(counts, text, others, other)
  return counts > others or counts == others and text >= other
end

-- Of two profiles the name and the picture that count more, and whether that is the first one as it is.
local function both(kept, said)
  if not kept or kept == said then
    return said, kept == said
  end
  local keptNames, keptName, keptPictures, keptPicture = parts(kept)
  local names, name, pictures, picture = parts(said)
  local named = leads(keptNames, keptName, names, name)
  local pictured = leads(keptPictures, keptPicture, pictures, picture)
  if named and pictured then
    return kept, true
  end
  if named then
    names, name = keptNames, keptName
  end
  if pictured then
    pictures, picture = keptPictures, keptPicture
  end
  return (names == pictures and names or names .. ' ' .. pictures) .. '\n' .. picture .. '\n' .. name, false
end

-- Whether a profile has nothing to say that is not known.
local function covers(kept, said)
  local _, nothing = both(kept, said)
  return nothing
end

-- What others see of it.
local function shownOf(profile)
  return string.match(profile, '\n.*$')
end

