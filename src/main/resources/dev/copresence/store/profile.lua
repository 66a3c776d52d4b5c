-- What is known of a user, as pages and slots keep it; it stands where a script says "include profile".
--
-- A profile is "name picture", which says how much each of them counts, as 16 hexadecimal digits, see User.Standing; and,
-- behind a line feed each, a picture's address or nothing and a name or nothing.

-- Whether a profile has nothing new to say.
local function covers(kept, said)
  return string.sub(kept, 1, 16) >= string.sub(said, 1, 16) and string.sub(kept, 18, 33) >= string.sub(said, 18, 33)
end

-- Of two profiles the name and the picture that count more; none of the first if there is no first.
local function both(kept, said)
  if not kept then
    return said
  elseif covers(kept, said) then
    return kept
  elseif covers(said, kept) then
    return said
  end
  local names, pictures = kept, said
  if string.sub(said, 1, 16) > string.sub(kept, 1, 16) then
    names, pictures = said, kept
  end
  return string.sub(names, 1, 17) .. string.sub(pictures, 18, 34) .. string.match(pictures, '^[^\n]*\n([^\n]*\n)')
    .. string.match(names, '^[^\n]*\n[^\n]*\n(.*)$')
end

-- What others see of it.
local function shownOf(kept)
  return string.sub(kept, 35)
end

